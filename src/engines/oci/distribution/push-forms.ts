/** Forms of what a policy file says of pushes: for its schema, and for what reads it. */
import type { Form, TextForm } from "../../../core/setting.ts";

const REPOSITORY = /^[a-z0-9*?][a-z0-9._*?-]*(?:\/[a-z0-9*?][a-z0-9._*?-]*)*$/;
const TAG = /^[A-Za-z0-9_*?][A-Za-z0-9_.*?-]{0,127}$/;
const MEDIA_TYPE = /^[a-z0-9*?][a-z0-9!#$&^_.+*?/;=-]*$/i;

const repository: TextForm = {
  says: "a repository or a pattern over repositories, without the registry: shop/api, shop/**",
  is: (text) => text.length <= 255 && REPOSITORY.test(text),
};

const tag: TextForm = {
  says: "a tag or a pattern over tags, with the repository before a colon where it is of some alone: v*, shop/**:release-*",
  is(text) {
    const colon = text.lastIndexOf(":");
    return TAG.test(text.slice(colon + 1)) && (colon < 0 || repository.is(text.slice(0, colon)));
  },
};

const mediaType: TextForm = {
  says: "a media type or a pattern over media types: application/vnd.oci.image.*",
  is: (text) => text.length <= 255 && MEDIA_TYPE.test(text),
};

export const repositoriesForm: Form = { kind: "texts", each: repository };
export const tagsForm: Form = { kind: "texts", each: tag };
export const mediaTypesForm: Form = { kind: "texts", each: mediaType };

/** @param from - bytes below which nothing could be pushed */
export function bytesForm(from: number, to: number): Form {
  return { kind: "number", from, to };
}

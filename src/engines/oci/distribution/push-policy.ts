/** The policy's keys about what may be pushed to the registry, and deleted from it. */
import { coversName } from "../../../core/pattern-cover.ts";
import { fewer, later, less, more, onlyOf, setting } from "../../../core/setting.ts";
import { bounds } from "../bounds.ts";
import { bytesForm, mediaTypesForm, repositoriesForm, tagsForm } from "./push-forms.ts";
import { type Deletes, deletes, tagPattern } from "./push-model.ts";

const KIB = 1_024;
const GIB = KIB * KIB * KIB;
const TIB = KIB * GIB;

export const pushSettings = {
  "registry.immutableTags": setting<readonly string[]>({
    form: tagsForm,
    description:
      'Tags that keep the digest which they were pushed with: ["v*", "shop/**:release-*"]. Signatures and lists of referrers are exempt by their content. Default: none. Stricter: more.',
    initial: [],
    tighten: more(coversTags),
  }),
  "registry.mutableTags": setting<readonly string[]>({
    form: tagsForm,
    description:
      'Tags that may move although `immutableTags` names them: ["latest", "shop/**:dev-*"]. Default: none. Stricter: fewer.',
    initial: [],
    tighten: onlyOf(coversTags),
  }),
  "registry.push.repositories": setting<readonly string[]>({
    form: repositoriesForm,
    description:
      "Repositories that may be pushed to: shop/**. Default: none listed, which is any that access allows. Stricter: a list where there was none, or fewer entries.",
    group: "What may be pushed.",
    initial: [],
    tighten: fewer(coversName),
  }),
  "registry.push.mediaTypes": setting<readonly string[]>({
    form: mediaTypesForm,
    description:
      "Media types that manifests, artifacts, configs and layers may have: application/vnd.oci.image.*. Default: none listed, which is any. Stricter: a list where there was none, or fewer entries.",
    initial: [],
    tighten: fewer(coversName),
  }),
  "registry.push.maxManifestBytes": setting<number>({
    form: bytesForm(KIB, bounds.manifestBytes),
    description: "Bytes of a manifest. Default: 4194304. Stricter: less.",
    initial: bounds.manifestBytes,
    tighten: less,
  }),
  "registry.push.maxLayerBytes": setting<number>({
    form: bytesForm(KIB, TIB),
    description: "Bytes of a layer, or of any other blob, as stored. Default: 10737418240. Stricter: less.",
    initial: 10 * GIB,
    tighten: less,
  }),
  "registry.push.maxImageBytes": setting<number>({
    form: bytesForm(KIB, TIB),
    description: "Bytes of the config and all layers of one manifest, as stored. Default: 21474836480. Stricter: less.",
    initial: 20 * GIB,
    tighten: less,
  }),
  "registry.deletes": setting<Deletes>({
    form: { kind: "choice", of: deletes },
    description:
      "What may be deleted by principals that have the right to: allow, unused (images not seen running) or deny. Immutable tags and what they hold never. Default: unused. Stricter: unused than allow, deny than unused.",
    initial: "unused",
    tighten: later(deletes),
  }),
  "registry.quarantine": setting<readonly string[]>({
    form: repositoriesForm,
    description:
      "Repositories whose images are served to exempt principals alone until their first scan: shop/**. Default: none; the enforcement of what is unknown decides. Stricter: more.",
    initial: [],
    tighten: more(coversName),
  }),
};

function coversTags(entry: string, wanted: string): boolean {
  const one = tagPattern(entry);
  const other = tagPattern(wanted);
  return coversName(one.repository, other.repository) && coversName(one.tag, other.tag);
}

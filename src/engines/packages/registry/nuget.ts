/** NuGet's registrations (learn.microsoft.com/nuget/api/registration-base-url-resource): an index of pages of versions. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import { broken, listIn, objectIn, objectOf, recordOf, textIn, timeIn, urlIn } from "./fields.ts";

/** Pages that the index does not hold itself, as the registry names them. */
export function pagesToFetch(bytes: Buffer, place: string): string[] {
  return pagesOf(objectOf(bytes, place), place).flatMap((page) =>
    Array.isArray(page.items) ? [] : (urlIn(page, "@id") ?? []),
  );
}

/** @param pages - answers for {@link pagesToFetch} @throws Problem `packages.answer` */
export function readRegistration(
  bytes: Buffer,
  pages: readonly Buffer[],
  name: string,
  place: string,
): RegistryDocument {
  const index = objectOf(bytes, place);
  const all = [...pagesOf(index, place), ...pages.map((page) => objectOf(page, place))];
  const versions = all
    .flatMap((page) => listIn(page, "items", bounds.versions))
    .flatMap((leaf) => {
      const entry = objectIn(leaf, "catalogEntry");
      const version = textIn(entry, "version");
      return version === undefined ? [] : [[withoutBuild(version), entryOf(entry)] as const];
    });
  if (versions.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  const published = versions.flatMap(([, entry]) => entry.published ?? []).sort();
  return {
    type: "nuget",
    name,
    ...(published[0] === undefined ? {} : { firstPublished: published[0] }),
    versions: recordOf(versions),
    allVersions: true,
    notServed: ["hashes", "scripts", "attestations", "signatures"],
  };
}

function pagesOf(index: Untyped, place: string): Untyped[] {
  if (!Array.isArray(index.items)) throw broken(place, "no registration index: items are missing");
  return index.items.slice(0, bounds.versions).filter(isObject);
}

/** `1.0.0+abc` is published as `1.0.0`. */
function withoutBuild(version: string): string {
  return version.split("+", 1)[0] ?? version;
}

/** What is unlisted is told by its date too: 1900. */
function entryOf(from: Untyped): VersionEntry {
  const notServed: ServedField[] = [];
  const stated = timeIn(from, "published");
  if (stated === undefined) notServed.push("published");
  const yanked = from.listed === false || (typeof from.published === "string" && from.published.startsWith("1900-"));
  if (typeof from.listed !== "boolean" && !yanked) notServed.push("yanked");
  const license = textIn(from, "licenseExpression");
  const deprecation = isObject(from.deprecation) ? from.deprecation : undefined;
  const reasons = listIn(deprecation, "reasons", 10).filter((one) => typeof one === "string");
  const reason = textIn(deprecation, "message") ?? (reasons.join(", ") || "deprecated");
  return {
    ...(stated === undefined ? {} : { published: stated }),
    yanked,
    ...(deprecation === undefined ? {} : { deprecated: reason.slice(0, bounds.textLength) }),
    ...(license === undefined ? {} : { license }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

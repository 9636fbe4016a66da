/** RubyGems' API (guides.rubygems.org/rubygems-org-api, `GET /api/v1/versions/NAME.json`). Yanked versions are not listed. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import { broken, encoded, hexIn, jsonOf, listIn, recordOf, textIn, timeIn, urlIn } from "./fields.ts";

/** @param base - of the registry, where archives are @throws Problem `packages.answer` */
export function readGemVersions(bytes: Buffer, name: string, base: URL, place: string): RegistryDocument {
  const listed = jsonOf(bytes, place);
  if (!Array.isArray(listed)) throw broken(place, "no list of versions");
  if (listed.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  const versions = listed.filter(isObject).flatMap((one) => {
    const number = textIn(one, "number");
    if (number === undefined) return [];
    const platform = textIn(one, "platform") ?? "ruby";
    // As lockfiles write it: a version for one platform has its name behind a hyphen.
    const version = platform === "ruby" ? number : `${number}-${platform}`;
    return [[version, entryOf(one, `${name}-${version}`, base)] as const];
  });
  const published = versions.flatMap(([, entry]) => entry.published ?? []).sort();
  return {
    type: "gem",
    name,
    ...(published[0] === undefined ? {} : { firstPublished: published[0] }),
    versions: recordOf(versions),
    allVersions: false,
    notServed: ["scripts", "attestations", "signatures"],
  };
}

function entryOf(from: Untyped, file: string, base: URL): VersionEntry {
  const notServed: ServedField[] = [];
  const published = timeIn(from, "created_at");
  if (published === undefined) notServed.push("published");
  const hashes = hexIn(from, "sha", "sha256");
  if (hashes.sha256 === undefined) notServed.push("hashes");
  const licenses = listIn(from, "licenses", 20).filter((one) => typeof one === "string");
  const repository = urlIn(from.metadata, "source_code_uri");
  const url = new URL(`gems/${encoded(file)}.gem`, base);
  return {
    ...(published === undefined ? {} : { published }),
    ...(licenses.length === 0 ? {} : { license: licenses.join(" OR ").slice(0, bounds.textLength) }),
    // What is listed is not yanked.
    yanked: false,
    ...(repository === undefined ? {} : { repository }),
    ...(hashes.sha256 === undefined ? {} : { archives: [{ url: url.href, hashes }] }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

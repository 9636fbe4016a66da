/**
 * Packagist's metadata (packagist.org/apidoc, `/p2/VENDOR/NAME.json`), minified by default: a version states what differs from
 * the one before it (github.com/composer/metadata-minifier).
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import { broken, hexIn, listIn, objectIn, objectOf, recordOf, textIn, timeIn, urlIn } from "./fields.ts";

const UNSET = "__unset";

/** @throws Problem `packages.answer` */
export function readComposerPackage(bytes: Buffer, name: string, place: string): RegistryDocument {
  const root = objectOf(bytes, place);
  const packages = objectIn(root, "packages");
  const key = Object.keys(packages).find((one) => one.toLowerCase() === name.toLowerCase());
  const listed = key === undefined ? undefined : packages[key];
  if (!Array.isArray(listed)) throw broken(place, "no metadata of this package");
  if (listed.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  let abandoned: string | boolean | undefined;
  let before: Untyped = {};
  const versions: [string, VersionEntry][] = [];
  for (const one of listed) {
    if (!isObject(one)) continue;
    before = root.minified === undefined ? one : expanded(before, one);
    const version = textIn(before, "version");
    if (version === undefined) continue;
    abandoned ??= typeof before.abandoned === "boolean" ? before.abandoned : textIn(before, "abandoned");
    versions.push([version, entryOf(before)]);
  }
  return {
    type: "composer",
    name: key ?? name,
    archived: abandoned !== undefined && abandoned !== false,
    ...(typeof abandoned === "string" ? { deprecated: `abandoned in favor of ${abandoned}` } : {}),
    versions: recordOf(versions),
    allVersions: true,
    notServed: ["published", "yanked", "attestations", "signatures"],
  };
}

function expanded(before: Untyped, changes: Untyped): Untyped {
  const after = { ...before, ...changes };
  for (const [name, value] of Object.entries(changes)) if (value === UNSET) delete after[name];
  return after;
}

/** `time` is that of the tag or commit, which its author writes: it was published then or later. */
function entryOf(from: Untyped): VersionEntry {
  const notServed: ServedField[] = [];
  const at = timeIn(from, "time");
  const licenses = listIn(from, "license", 20).filter((one) => typeof one === "string");
  const dist = objectIn(from, "dist");
  const url = urlIn(dist, "url");
  const hashes = hexIn(dist, "shasum", "sha1");
  const repository = urlIn(objectIn(from, "source"), "url");
  if (hashes.sha1 === undefined) notServed.push("hashes");
  return {
    ...(at === undefined ? {} : { publishedAfter: at }),
    ...(licenses.length === 0 ? {} : { license: licenses.join(" OR ").slice(0, bounds.textLength) }),
    // Plugins run in Composer itself; scripts of dependencies never do (getcomposer.org/doc/articles/scripts.md).
    hasInstallScript: textIn(from, "type") === "composer-plugin",
    ...(repository === undefined ? {} : { repository }),
    ...(url === undefined || hashes.sha1 === undefined ? {} : { archives: [{ url, hashes }] }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

import { isMap, placedYamlDocuments, type YamlMap, type YamlValue } from "../../../../formats/yaml/texts.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { hexHash } from "../hashes.ts";
import { repeatedName } from "../json-lines.ts";
import { type LockedPackage, lockedPackages } from "../locked.ts";
import { brokenAt } from "../lockfile.ts";
import { archivedRevision, gitOrigin, originOf } from "../origin.ts";
import { npmOrigin } from "./origin.ts";
import { contradictionIn, decoded, otherName } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/**
 * The lockfile of Yarn 2 and later: an entry's key lists the descriptors (`a@npm:^1`) that it answers, `resolution` is
 * the locator of what answers them (`real@npm:1.2.3`), whose name is the real one under an alias. Workspaces, links and
 * folders are the project's own code; what workspaces name is direct, but their development dependencies are not kept
 * apart. `checksum` is of Yarn's own archive and not of the package, so there are no hashes.
 */
export function readYarnBerry(text: string): FileFacts {
  const locked = lockedPackages("npm");
  const { documents, places } = placedYamlDocuments(text, brokenAt);
  for (const { name, line } of places.repeated) locked.unread(repeatedName(name, line));
  const metadata = documents.map((document) => document.get(METADATA)).find(isMap);
  const entries = documents
    .flatMap((document) => [...document])
    .filter((entry): entry is [string, YamlMap] => entry[0] !== METADATA && isMap(entry[1]))
    .map(([key, entry]) => {
      const { name, rest } = specifierOf(scalar(entry.get("resolution")) ?? "");
      return { key, descriptors: key.split(",").map((text) => text.trim()), entry, name, place: rest };
    });
  for (const { key, descriptors, entry, name, place } of entries) {
    if (isOwn(entry, place)) continue;
    const version = scalar(entry.get("version"));
    const archive = /::__archiveUrl=([^&]*)/.exec(place)?.[1];
    const real = (archive === undefined ? undefined : otherName(name, version ?? "", decoded(archive))) ?? name;
    const contradiction = version === undefined ? undefined : contradictionOf(real, version, place);
    if (contradiction !== undefined)
      locked.unread(`the entry ${key.slice(0, bounds.packageNameLength)} ${contradiction}`);
    locked.add(key, {
      name: real,
      version,
      files: filesOf(scalar(entry.get("checksum"))),
      fetchedFrom: originIn(place),
      line: places.lineOf(entry),
    });
    for (const descriptor of descriptors) locked.alias(descriptor, key);
  }
  for (const { key, entry, place } of entries) {
    const meta = entry.get("dependenciesMeta");
    const project = place.startsWith("workspace:");
    for (const [name, range] of pairs(entry.get("dependencies"))) {
      const descriptor = [`${name}@${range}`, `${name}@npm:${range}`].find((each) => locked.has(each));
      if (descriptor === undefined) continue;
      if (project) locked.root(descriptor);
      else locked.depend(key, descriptor, isOptional(meta, name) ? "optional" : "needed");
    }
  }
  return locked.facts(scalar(metadata?.get("version")));
}

/** `10c0/HEX`: of the archive that Yarn packs anew, in a format whose version and compression stand before it. */
function filesOf(checksum: string | undefined): LockedPackage["files"] {
  if (checksum === undefined) return undefined;
  const slash = checksum.indexOf("/");
  const hex = hexHash("sha512", checksum.slice(slash + 1)).hashes?.sha512;
  return hex === undefined || slash > 10
    ? undefined
    : { [`yarn ${checksum.slice(0, Math.max(0, slash))}`]: `sha512:${hex}` };
}

/** What stands behind `name@`: `npm:1.0.0`, `https://…/o/r.git#commit=…`, `a@npm%3A1.0.0#…` of a patch. */
function originIn(place: string): LockedPackage["fetchedFrom"] {
  const archive = /::__archiveUrl=([^&]*)/.exec(place)?.[1];
  if (archive !== undefined) return npmOrigin(decoded(archive));
  if (place.startsWith("npm:") || /^(?:patch|virtual|exec):/.test(place)) return undefined;
  const [repository = "", fragment = ""] = place.split("#", 2);
  const commit = fragment.split("&").find((part) => part.startsWith("commit="));
  if (commit !== undefined) return gitOrigin(repository, commit.slice("commit=".length));
  if (/^https?:/i.test(place)) return originOf("url", place.split("#", 1)[0], archivedRevision(place));
  return npmOrigin(/(?:^|@)(file:[^#]{1,4096})/.exec(place)?.[1]);
}

const METADATA = "__metadata";

/** Yarn installs what the locator names (`npm:4.17.4`, in a patch's locator too), whatever version stands beside it. */
function contradictionOf(name: string, version: string, place: string): string | undefined {
  const written = decoded(place);
  const located = /(?:^|@)npm:([^:#@]+)/.exec(written)?.[1];
  if (located !== undefined && located !== version) return `is resolved to ${located}, which is not version ${version}`;
  const archive = /::__archiveUrl=([^&]*)/.exec(place)?.[1];
  return archive === undefined ? undefined : contradictionIn(name, version, decoded(archive));
}

function isOwn(entry: YamlMap, place: string): boolean {
  return scalar(entry.get("linkType")) === "soft" || isOwnFolder(place.replace(/^[^@]*@file:/, "file:"));
}

function isOptional(meta: YamlValue | undefined, name: string): boolean {
  const of = isMap(meta) ? meta.get(name) : undefined;
  return isMap(of) && of.get("optional") === "true";
}

function scalar(value: YamlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function pairs(value: YamlValue | undefined): [string, string][] {
  return isMap(value) ? [...value].filter((pair): pair is [string, string] => typeof pair[1] === "string") : [];
}

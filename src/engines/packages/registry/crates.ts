/**
 * crates.io's API (`/api/v1/crates/NAME`) and the sparse index (doc.rust-lang.org/cargo/reference/registry-index.html), a
 * JSON object a line, which other registries serve alone.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import {
  broken,
  countIn,
  encoded,
  hexIn,
  jsonOf,
  listIn,
  objectIn,
  objectOf,
  recordOf,
  textIn,
  timeIn,
} from "./fields.ts";

/** @param base - of the API, where archives are @throws Problem `packages.answer` */
export function readCrate(bytes: Buffer, base: URL, place: string): RegistryDocument {
  const root = objectOf(bytes, place);
  const crate = objectIn(root, "crate");
  const name = textIn(crate, "id") ?? textIn(crate, "name");
  const listed = listIn(root, "versions", bounds.versions);
  if (name === undefined || listed.length === 0) throw broken(place, "no crate: name or versions are missing");
  const versions = listed.flatMap((one) => {
    const version = textIn(one, "num");
    return version === undefined ? [] : [[version, apiEntry(one as Untyped, name, version, base)] as const];
  });
  const created = timeIn(crate, "created_at");
  const repository = textIn(crate, "repository");
  return {
    type: "cargo",
    name,
    ...(created === undefined ? {} : { firstPublished: created }),
    ...(repository === undefined ? {} : { repository }),
    versions: recordOf(versions),
    allVersions: true,
    notServed: ["scripts", "attestations", "signatures"],
  };
}

function apiEntry(from: Untyped, name: string, version: string, base: URL): VersionEntry {
  const notServed: ServedField[] = [];
  const published = timeIn(from, "created_at");
  if (published === undefined) notServed.push("published");
  const license = textIn(from, "license");
  const hashes = hexIn(from, "checksum", "sha256");
  if (hashes.sha256 === undefined) notServed.push("hashes");
  const yanked = typeof from.yanked === "boolean" ? from.yanked : undefined;
  if (yanked === undefined) notServed.push("yanked");
  const reason = textIn(from, "yank_message");
  const bytes = countIn(from, "crate_size");
  const url = new URL(`api/v1/crates/${encoded(name)}/${encoded(version)}/download`, base);
  return {
    ...(published === undefined ? {} : { published }),
    ...(license === undefined ? {} : { license }),
    ...(yanked === undefined ? {} : { yanked }),
    ...(yanked === true && reason !== undefined ? { deprecated: reason } : {}),
    ...(bytes === undefined ? {} : { unpackedBytes: bytes }),
    ...(hashes.sha256 === undefined ? {} : { archives: [{ url: url.href, hashes }] }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

/** @throws Problem `packages.answer` */
export function readIndex(bytes: Buffer, place: string): RegistryDocument {
  if (bytes.length > bounds.documentBytes) throw broken(place, `larger than ${bounds.documentBytes} bytes`);
  const lines = bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  let name: string | undefined;
  const versions = lines.flatMap((line) => {
    const value = jsonOf(Buffer.from(line), place);
    const version = textIn(value, "vers");
    name ??= textIn(value, "name");
    return version === undefined || !isObject(value) ? [] : [[version, indexEntry(value)] as const];
  });
  if (name === undefined) throw broken(place, "no index file: no line names a crate");
  return {
    type: "cargo",
    name,
    versions: recordOf(versions),
    allVersions: true,
    notServed: ["license", "scripts", "attestations", "signatures"],
  };
}

function indexEntry(from: Untyped): VersionEntry {
  const yanked = typeof from.yanked === "boolean" ? from.yanked : undefined;
  // Of the index's later entries alone.
  const published = timeIn(from, "pubtime");
  const notServed: ServedField[] = [...(published === undefined ? (["published"] as const) : [])];
  if (yanked === undefined) notServed.push("yanked");
  const hashes = hexIn(from, "cksum", "sha256");
  if (hashes.sha256 === undefined) notServed.push("hashes");
  return {
    ...(published === undefined ? {} : { published }),
    ...(yanked === undefined ? {} : { yanked }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

/** Where a crate stands in an index: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd`, in lower case. */
export function indexPath(name: string): string {
  const lower = name.toLowerCase();
  if (lower.length <= 2) return `${lower.length}/${lower}`;
  if (lower.length === 3) return `3/${lower[0]}/${lower}`;
  return `${lower.slice(0, 2)}/${lower.slice(2, 4)}/${lower}`;
}

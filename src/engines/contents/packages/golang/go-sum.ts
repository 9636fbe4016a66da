import compareBuild from "semver/functions/compare-build.js";
import valid from "semver/functions/valid.js";
import { bounds } from "../../bounds.ts";
import { base64Hash } from "../hashes.ts";
import { textLines } from "../text-lines.ts";
import type { Unread } from "../unread.ts";

/** `module version` → hash of its files (`h1:`, golang.org/x/mod/sumdb/dirhash) in hexadecimal. */
export function moduleHashes(text: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const { text: line } of textLines(text)) {
    const [path, version, hash] = line.split(" ", 3);
    if (path === undefined || version === undefined || hash?.startsWith("h1:") !== true) continue;
    if (version.endsWith("/go.mod") || hashes.size >= bounds.packages) continue;
    const hex = base64Hash("sha256", hash.slice("h1:".length).trimEnd()).hashes?.sha256;
    const key = `${path} ${version}`;
    // Go refuses a module that stands there with two hashes.
    if (hex !== undefined) hashes.set(key, hashes.has(key) && hashes.get(key) !== hex ? "" : hex);
  }
  return hashes;
}

/**
 * The modules of a go.sum whose code was fetched (Go Modules Reference, "go.sum files"), each in its highest version. It
 * lists what was ever looked at: of lines that end in `/go.mod` only the requirements were read, and of several versions
 * minimal version selection builds the highest. One that nothing needs any more may still be among them.
 */
export function builtModules(text: string, unread: Unread): ReadonlyMap<string, string> {
  const highest = new Map<string, string>();
  for (const { number, text: line } of textLines(text)) {
    const [path, version, hash, ...more] = line.split(" ");
    if (line.trim() === "") continue;
    if (path === undefined || version === undefined || hash?.startsWith("h1:") !== true || more.length > 0) {
      unread.add(`line ${number} of its go.sum is not a module with its hash`);
      continue;
    }
    if (version.endsWith("/go.mod")) continue;
    if (valid(version) === null) {
      unread.add(`line ${number} of its go.sum has no version`);
      continue;
    }
    const before = highest.get(path);
    if (before === undefined && highest.size >= bounds.packages) {
      unread.add(`its go.sum has more than the ${bounds.packages} modules that are read`);
      break;
    }
    if (before === undefined || compareBuild(version, before) > 0) highest.set(path, version);
  }
  return highest;
}

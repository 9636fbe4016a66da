/**
 * The sources of a clone without their types, in one file: Node keeps each in a file of its own, which it looks for by the
 * checksum of the source, read before. A source is taken from here as long as its file is what it was.
 */
import { readFileSync, statSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import zlib from "node:zlib";
import { keep, readKept } from "./script.js";

/** Milliseconds. The kernel's clock does not tell apart what is written within a few of them. */
const TRUSTED_AFTER = 2_000;

/** Bytes that say how long the list is. */
const LENGTH = 4;

/**
 * @param root - URL of the folder of the sources, with a slash at its end
 * @param folder - ours; those of a clone are in a file of their own
 * @param trustedAfter - milliseconds since a file was changed, before which it is not kept
 */
export function keepSources(root, folder, trustedAfter = TRUSTED_AFTER) {
  const place = fileURLToPath(root);
  const own = zlib.crc32(place);
  const kept = join(folder, `${own.toString(16)}.sources`);
  const known = readSources(readKept(kept, own));
  const lacking = new Set();
  module.registerHooks({
    load(url, context, next) {
      if (!url.startsWith(root)) return next(url, context);
      const name = url.slice(root.length);
      const source = known.get(name);
      if (source !== undefined && source.stamp === stampOf(join(place, name))) {
        return { format: "module", source: source.text(), shortCircuit: true };
      }
      lacking.add(name);
      return next(url, context);
    },
  });
  process.once("exit", () => {
    const bytes = lacking.size === 0 ? undefined : allOf(place, known, lacking, trustedAfter);
    if (bytes !== undefined) keep(kept, own, bytes);
  });
}

/** A text that changes whenever the file may have. The change time cannot be set back. */
function stampOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

/** By names: stamps, and texts that are made when they are asked for. */
function readSources(bytes) {
  const sources = new Map();
  if (bytes === undefined) return sources;
  const start = LENGTH + bytes.readUInt32LE(0);
  for (const [name, stamp, from, to] of JSON.parse(bytes.toString("utf8", LENGTH, start))) {
    sources.set(name, { stamp, text: () => bytes.toString("utf8", start + from, start + to) });
  }
  return sources;
}

/** @returns undefined where nothing is new that could be trusted */
function allOf(place, known, lacking, trustedAfter) {
  const texts = new Map();
  for (const [name, { stamp, text }] of known) {
    if (stampOf(join(place, name)) === stamp) texts.set(name, { stamp, bytes: Buffer.from(text()) });
  }
  const before = texts.size;
  for (const name of lacking) {
    const made = strippedOf(join(place, name), trustedAfter);
    if (made !== undefined) texts.set(name, made);
  }
  if (texts.size === before) return undefined;
  const list = [];
  let at = 0;
  for (const [name, { stamp, bytes }] of texts) {
    list.push([name, stamp, at, at + bytes.length]);
    at += bytes.length;
  }
  const named = Buffer.from(JSON.stringify(list));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(named.length);
  return Buffer.concat([length, named, ...Array.from(texts.values(), ({ bytes }) => bytes)]);
}

/** Undefined of what has changed just now: it could change again with the same stamp. */
function strippedOf(path, trustedAfter) {
  try {
    const { mtimeMs, ctimeMs } = statSync(path);
    if (Date.now() - Math.max(mtimeMs, ctimeMs) < trustedAfter) return undefined;
    // Before the file is read: what changes after that has another.
    const stamp = stampOf(path);
    // To the byte as Node does it, so that what is compiled of it is the same.
    const stripped = module.stripTypeScriptTypes(readFileSync(path, "utf8"), { sourceUrl: pathToFileURL(path).href });
    return { stamp, bytes: Buffer.from(stripped) };
  } catch {
    return undefined;
  }
}

/**
 * Whether a file's bytes can hold a Kubernetes object at all: cheap, and wrong in one direction alone. What says yes is
 * parsed, and says then what it is.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { holdsObjects, rootsNameObjects } from "../../engines/kubernetes/manifests.ts";
import { namesCoreKind } from "../../engines/kubernetes/read/core-kinds.ts";
import { withBoundedBytes } from "../tree/text-file.ts";

/** Every object names its kind, as a key; an item of a list may leave it to the list. */
const KIND = { word: "kind", packed: "a2luZ" } as const;
const VERSION = { word: "apiVersion", packed: "YXBpVmVyc2lvb" } as const;

/**
 * Looks through all of it: whatever stands before an object does not hide it. What cannot be read counts, and so does
 * what is over its bound if its name says YAML, so that it becomes a gap.
 */
export function looksLikeManifest(file: string): boolean {
  const looks = withBoundedBytes(file, kubernetesBounds.kubernetesFileBytes, looksLikeObjects);
  return looks ?? (/\.ya?ml$/.test(file) || longMayHoldObject(file));
}

/** One of the two at the beginning of a line, as most objects have it. */
const ROOT_KEY = /^["']?(?:kind|apiVersion)["']?[ \t]*:/im;

/** A kind with an apiVersion, at the root of a document; without one, what parsing it shows to be an object. */
export function looksLikeObjects(bytes: Buffer): boolean {
  const kind = bytes.includes(KIND.word);
  if (kind && bytes.includes(VERSION.word)) {
    return ROOT_KEY.test(bytes.toString("latin1")) || rootsNameObjects(bytes.toString("utf8"));
  }
  // UTF-16, in which a reader of bytes may begin at either half: without the empty halves it is ASCII.
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  // Without an escape, and without a tag, no key is another text than the one that is written.
  if (!kind && !wide && !bytes.includes(BACKSLASH) && !bytes.includes(EXCLAMATION)) return false;
  const latin = bytes.toString("latin1");
  const has = words(wide ? latin.replaceAll("\0", "") : latin);
  if (!has(KIND)) return false;
  if (has(VERSION) || wide) return true;
  const mayNameKind = namesCoreKind(has.plain) || (latin.includes("!") && /binary|%/.test(has.plain));
  return mayNameKind && holdsObjects(bytes.toString("utf8"));
}

const BACKSLASH = 0x5c;
const EXCLAMATION = 0x21;

/** Whether a word may be a key of the text: as it is, by escapes, or as a value of `!!binary`, whose end may differ. */
function words(text: string) {
  const plain = text.includes("\\") ? text.replace(ESCAPE, unescaped) : text;
  const packed = text.includes("!") ? plain.replace(/\s+/g, "") : "";
  const has = (key: typeof KIND | typeof VERSION) => plain.includes(key.word) || packed.includes(key.packed);
  return Object.assign(has, { plain });
}

/** Of double-quoted texts (YAML 1.2.2, 5.7); a line break that is escaped takes the white space behind it along. */
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n\s*|\r\s*|[\s\S])/g;

function unescaped(whole: string, short?: string, four?: string, eight?: string): string {
  const digits = short ?? four ?? eight;
  // A letter stands for white space, or for what is in no word.
  if (digits === undefined) return /^\\[\r\n]/.test(whole) ? "" : whole.slice(1).replace(/[a-zA-Z0]/, " ");
  const code = Number.parseInt(digits, 16);
  // The words are of ASCII alone.
  return code < 0x80 ? String.fromCharCode(code) : " ";
}

const CHUNK = 1024 * 1024;
/** More than a word, or an escaped letter, that two chunks share. */
const OVERLAP = 64;

/** Of a file over the bound of one reading: piece by piece, and any escaped letter may be one of a word's. */
function longMayHoldObject(file: string): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const chunk = Buffer.allocUnsafe(OVERLAP + CHUNK);
    const missing = new Set<string>([KIND.word, VERSION.word]);
    for (let held = 0; ; ) {
      const count = readSync(descriptor, chunk, held, CHUNK, null);
      if (count === 0) return false;
      const part = chunk.subarray(0, held + count);
      for (const word of missing) if (part.includes(word)) missing.delete(word);
      if (missing.size === 0) return true;
      if (part.includes(BACKSLASH) && ESCAPED_LETTER.test(part.toString("latin1"))) return true;
      held = Math.min(OVERLAP, part.length);
      part.copy(chunk, 0, part.length - held);
    }
  } catch {
    return true;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const ESCAPED_LETTER = /\\(?:x[4-7]|u00[4-7]|U000000[4-7]|\r?\n)/;

/** Objects as zlib packs them: alone in a file, or within a pack. */
import { inflateSync } from "node:zlib";
import { createInflateAtOnce } from "../../formats/deflate/at-once.ts";
import { MOST_OUT } from "../../formats/deflate/small.ts";
import { BLOB, COMMIT, type ObjectType, TAG, TREE } from "./entry.ts";
import { createInflater } from "./inflater.ts";

/** An object's inflated bytes. They may be shared with a cache: nobody writes to them. */
export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

const INITIAL_CHUNK = 64 * 1024;
/** Nearly all objects are small, and have the size that they state. */
const inflateAtOnce = createInflateAtOnce("zlib");
const inflater = createInflater();

/** As of the inflater: what is not made there has to be read and applied otherwise. */
export const { patched: patchSmall } = inflater;

/** Undefined where it is no zlib stream (RFC 1950, its checksum counts), or one of more than `size` bytes. */
export function inflateBounded(deflated: Uint8Array, size: number): Buffer | undefined {
  const small = size > MOST_OUT ? undefined : inflater.inflate(deflated, size, Buffer.allocUnsafe(size));
  return small ?? inflateLarge(deflated, size);
}

/** As {@link inflateBounded}; the bytes are valid until something is inflated again. */
export function inflateForNow(deflated: Uint8Array, size: number): Buffer | undefined {
  return inflater.inflate(deflated, size) ?? inflateLarge(deflated, size);
}

function inflateLarge(deflated: Uint8Array, size: number): Buffer | undefined {
  const whole = inflateAtOnce(deflated, size);
  if (whole !== undefined) return whole;
  try {
    return inflateSync(deflated, {
      maxOutputLength: size + 1,
      chunkSize: Math.min(Math.max(size + 1, 64), INITIAL_CHUNK),
    });
  } catch {
    return undefined;
  }
}

/** `blob 12`, a NUL. */
export const LOOSE_HEADER_BYTES = 32;

const typeNames = new Map<string, ObjectType>([
  ["commit", COMMIT],
  ["tree", TREE],
  ["blob", BLOB],
  ["tag", TAG],
]);

/** gitformat-loose: a header of type and size, then the content. */
export function looseObject(bytes: Buffer): GitObject | undefined {
  const end = bytes.subarray(0, LOOSE_HEADER_BYTES).indexOf(0);
  const [name = "", size = ""] = bytes.toString("latin1", 0, Math.max(end, 0)).split(" ");
  const type = typeNames.get(name);
  const content = bytes.subarray(end + 1);
  return type === undefined || size !== String(content.length) ? undefined : { type, bytes: content };
}

/** What an object's id is the hash of comes before its content: `blob 12`, a NUL. */
export function looseHeader({ type, bytes }: GitObject): string {
  const name = [...typeNames].find(([, known]) => known === type)?.[0] ?? "";
  return `${name} ${bytes.length}\0`;
}

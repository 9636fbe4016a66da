/** How an object is stored: the types of gitformat-pack, the two kinds of delta among them. */
export const COMMIT = 1;
export const TREE = 2;
export const BLOB = 3;
export const TAG = 4;
export const OFFSET_DELTA = 6;
export const REFERENCE_DELTA = 7;

export type ObjectType = typeof COMMIT | typeof TREE | typeof BLOB | typeof TAG;

/** What stands before the deflated bytes of an object in a pack. */
export interface EntryHeader {
  readonly type: number;
  /** Of the inflated bytes: the object's, or the delta's. */
  readonly size: number;
  /** Bytes of the header, with the base's offset or id. */
  readonly length: number;
  /** OFFSET_DELTA: how far before this entry the base begins. */
  readonly distance: number;
  /** REFERENCE_DELTA: where in the bytes the base's id is. */
  readonly baseIdAt: number;
}

/** The longest header: 10 bytes of size and the longest id. */
export const HEADER_BYTES = 10 + 32;

/**
 * The header that begins at an offset of `bytes`, and ends before another.
 *
 * @returns undefined where it breaks the format
 */
export function readEntryHeader(
  bytes: Buffer,
  idBytes: number,
  start = 0,
  end = bytes.length,
): EntryHeader | undefined {
  const given = Math.min(end, bytes.length);
  let at = start;
  if (at >= given) return undefined;
  let byte = bytes[at++] as number;
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let factor = 16; byte >= 0x80; factor *= 128) {
    if (at >= given || factor > 2 ** 46) return undefined;
    byte = bytes[at++] as number;
    size += (byte & 0x7f) * factor;
  }
  if (type === REFERENCE_DELTA) {
    if (given < at + idBytes) return undefined;
    return { type, size, length: at + idBytes - start, distance: 0, baseIdAt: at };
  }
  if (type !== OFFSET_DELTA) {
    return type >= COMMIT && type <= TAG ? { type, size, length: at - start, distance: 0, baseIdAt: -1 } : undefined;
  }
  if (at >= given) return undefined;
  byte = bytes[at++] as number;
  let distance = byte & 0x7f;
  while (byte >= 0x80) {
    if (at >= given || distance > 2 ** 45) return undefined;
    byte = bytes[at++] as number;
    // Each further byte stands for one more than its bits say: "offset encoding" of gitformat-pack.
    distance = (distance + 1) * 128 + (byte & 0x7f);
  }
  return distance === 0 ? undefined : { type, size, length: at - start, distance, baseIdAt: -1 };
}

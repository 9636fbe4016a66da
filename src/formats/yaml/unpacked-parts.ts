/**
 * Bytes that were unpacked lately, one behind the other in one buffer, and from its beginning again at its end. A text each
 * would grow old before it is let go of: thousands of them were most of what full collections were for.
 */

interface Place<Value> {
  readonly start: number;
  readonly end: number;
  readonly value: Value;
}

export interface UnpackedParts<Key, Value> {
  /** Undefined where its bytes were written over; else good until others are kept. */
  get(key: Key): Value | undefined;
  /**
   * @param made - handed the bytes where they are kept
   * @returns its value; undefined where there is no room for so many at all
   */
  keep(key: Key, bytes: Uint8Array, made: (kept: Buffer) => Value): Value | undefined;
}

/** @param size - bytes of the buffer, which is made for the first that are kept */
export function createUnpackedParts<Key, Value>(size: number): UnpackedParts<Key, Value> {
  let buffer: Buffer | undefined;
  const places = new Map<Key, Place<Value>>();
  let next = 0;

  function forget(from: number, to: number): void {
    for (const [key, { start, end }] of places) if (start < to && end > from) places.delete(key);
  }

  return {
    get: (key) => places.get(key)?.value,
    keep(key, bytes, made) {
      if (bytes.length > size) return undefined;
      places.delete(key);
      if (next + bytes.length > size) next = 0;
      const start = next;
      const end = start + bytes.length;
      forget(start, end);
      buffer ??= Buffer.allocUnsafeSlow(size);
      buffer.set(bytes, start);
      const value = made(buffer.subarray(start, end));
      places.set(key, { start, end, value });
      next = end;
      return value;
    },
  };
}

/** Text that comes in pieces, which together may be longer than a string can be. */

/** Characters, or bytes, that are put together before they are written: pieces may be as short as a key. */
const CHUNK = 64 * 1024;
/** Bytes of UTF-8 for one UTF-16 unit, at most. */
const WIDEST = 3;

/** The same text in pieces of at least {@link CHUNK} characters, but for the last. */
export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield chunk.join("");
    chunk = [];
    length = 0;
  }
  if (length > 0) yield chunk.join("");
}

/**
 * The same text in UTF-8. All chunks are of one buffer, which the next overwrites: a report of a gigabyte leaves nothing
 * behind that memory must be cleared of. No piece may end within a surrogate pair.
 */
export function* inBytes(pieces: Iterable<string>): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let length = 0;
  for (const piece of pieces) {
    if (length + piece.length * WIDEST > CHUNK) {
      if (length > 0) yield buffer.subarray(0, length);
      length = 0;
    }
    if (piece.length * WIDEST > CHUNK) yield Buffer.from(piece);
    else length += buffer.write(piece, length);
  }
  if (length > 0) yield buffer.subarray(0, length);
}

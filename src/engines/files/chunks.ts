/** Text that comes in pieces, which together may be longer than a string can be. */

/** Characters that are put together before they are written: pieces may be as short as a key. */
const CHUNK = 64 * 1024;

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

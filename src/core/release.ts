/** Memory that is given back at once, where the garbage collector would come late for it. Nobody may look at it afterwards. */

/**
 * Of a chunk that has its memory for itself; else nothing happens. Left to the garbage collector, the chunks of a large layer
 * make it run for a quarter of the time.
 */
export function release(chunk: Buffer): void {
  if (chunk.byteLength === chunk.buffer.byteLength) releaseBehind(chunk);
}

/** Of what the bytes are cut from, which must be nobody else's: zlib cuts its outputs from memory that it takes for each. */
export function releaseBehind({ buffer }: Buffer): void {
  if (buffer.byteLength > POOLED && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** What is smaller may be node's pool, and is not worth it. */
export const POOLED = Math.max(64 * 1024, Buffer.poolSize);

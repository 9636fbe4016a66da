/**
 * Gives the memory of a chunk back at once, where the chunk has it for itself; else nothing happens. Left to the garbage
 * collector, the chunks of a large layer make it run for a quarter of the time. Nobody may look at the chunk afterwards.
 */
export function release(chunk: Buffer): void {
  const { buffer, byteLength } = chunk;
  if (byteLength === buffer.byteLength && byteLength > POOLED && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** What is smaller may be a part of node's pool, and is not worth it. */
const POOLED = 64 * 1024;

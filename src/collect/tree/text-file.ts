/** Files of a tree under review that are read whole, up to a bound. */
import { closeSync, openSync, readSync, statSync } from "node:fs";

const CHUNK = 256 * 1024;

/** Nearly all files fit into it: a tree of thousands is read without a buffer for each, which memory would be short of. */
let shared: Buffer | undefined;

/**
 * Hands over the bytes of a file, for the time of the call alone.
 *
 * @returns what `use` returns; undefined where the file cannot be read or is over the bound: a size from stat would trust
 *   /proc and pipes
 */
export function withBoundedBytes<T>(file: string, limit: number, use: (bytes: Buffer) => T): T | undefined {
  const own = shared ?? Buffer.allocUnsafeSlow(CHUNK);
  // One that reads a file while it looks at another gets its own.
  shared = undefined;
  try {
    const bytes = bytesOf(file, limit, own);
    return bytes === undefined ? undefined : use(bytes);
  } finally {
    shared = own;
  }
}

function bytesOf(file: string, limit: number, first: Buffer): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const chunks: Buffer[] = [];
    let length = 0;
    for (let chunk = first, at = 0; ; ) {
      const read = readSync(descriptor, chunk, at, chunk.length - at, null);
      at += read;
      length += read;
      if (length > limit) return undefined;
      if (read > 0 && at < chunk.length) continue;
      chunks.push(chunk.subarray(0, at));
      if (read === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      chunk = Buffer.allocUnsafe(CHUNK);
      at = 0;
    }
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Undefined also where it is not UTF-8, or no file: the opening of a pipe waits for whoever writes to it. */
export function readBoundedText(file: string, limit: number): string | undefined {
  try {
    if (!statSync(file).isFile()) return undefined;
    return withBoundedBytes(file, limit, (bytes) =>
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
  } catch {
    return undefined;
  }
}

/** Files of a tree under review that are read whole, up to a bound. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const CHUNK = 256 * 1024;

/** Undefined where it cannot be read or is over the bound; a size from stat would trust /proc and pipes. */
export function readBoundedBytes(file: string, limit: number): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    // A hint: what is read counts. One more, to see its end.
    const likely = Math.max(1024, fstatSync(descriptor).size + 1);
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, length === 0 ? likely : CHUNK));
      const read = readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks);
      length += read;
      if (length > limit) return undefined;
      chunks.push(chunk.subarray(0, read));
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
    const bytes = statSync(file).isFile() ? readBoundedBytes(file, limit) : undefined;
    return bytes === undefined ? undefined : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

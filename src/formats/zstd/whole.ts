/** Zstandard that is in memory already, with all of its frames: node's decoder stops silently behind the first. */
import { zstdDecompressSync } from "node:zlib";
import { bounds } from "../bounds.ts";
import { brokenFrames, createZstdFrames } from "./frames.ts";

/**
 * @param limit - bytes that may come out at most
 * @throws Error as of `node:zlib`: code `ERR_BUFFER_TOO_LARGE` where more comes out, `Z_BUF_ERROR` where it is cut off,
 *   `ZSTD_…` where it is broken or has over `bounds.zstdWholeFrames`
 */
export function readZstd(bytes: Buffer, limit: number): Buffer {
  const frames = createZstdFrames(bounds.zstdWholeFrames);
  const pieces = frames.split(bytes);
  const cause = frames.end();
  if (cause !== undefined) throw brokenFrames(cause);
  // Nothing at all is no file of this format, which the decoder says.
  if (bytes.length === 0) pieces.push(bytes);
  const parts: Buffer[] = [];
  let left = limit;
  for (const piece of pieces) {
    // zlib takes no limit of 0.
    const part = zstdDecompressSync(piece, { maxOutputLength: Math.max(left, 1) });
    if (part.length > left) throw Object.assign(new Error("more comes out"), { code: "ERR_BUFFER_TOO_LARGE" });
    left -= part.length;
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

import { isSkippable } from "../../formats/zstd/frames.ts";

export type Compression = "gzip" | "zstd" | "none";

/** Told from the first bytes (RFC 1952, RFC 8878), as engines do: media types are often wrong. */
export function compressionOf(start: Buffer): Compression {
  if (start.length >= 2 && start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (start.length >= 4) {
    const magic = start.readUInt32LE(0);
    if (magic === 0xfd2fb528 || isSkippable(magic)) return "zstd";
  }
  return "none";
}

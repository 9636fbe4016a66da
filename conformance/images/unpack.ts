/** Reading the public data's own archives: small ones, whole in memory. */
import { readFileSync } from "node:fs";
import { constants, gunzipSync, zstdDecompressSync } from "node:zlib";
import { createTarWalker, type TarEntry } from "../../src/engines/oci/tar.ts";

/** As `zstd --long=27` packs: a window of 2^27 bytes. */
const WINDOW_LOG = 27;

export function unpackZstd(file: string): Map<string, Buffer> {
  const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG };
  return filesOf(zstdDecompressSync(readFileSync(file), { params }), file);
}

export interface TarMember extends Pick<TarEntry, "type" | "name" | "link"> {
  readonly bytes: Buffer;
}

/** Every entry of a tar archive in its order; gzipped ones are inflated. */
export function membersOf(stored: Buffer, place: string): TarMember[] {
  const tar = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored;
  const contents = new Map<TarEntry, Buffer>();
  const entries: TarEntry[] = [];
  const walker = createTarWalker(place, {
    entry(entry) {
      entries.push(entry);
      return entry.type === "file";
    },
    content: (entry, bytes) => contents.set(entry, bytes),
  });
  walker.write(tar);
  walker.end();
  return entries.map((entry) => ({
    type: entry.type,
    name: entry.name.replace(/^(?:\.?\/)+/, ""),
    link: entry.link,
    bytes: contents.get(entry) ?? Buffer.alloc(0),
  }));
}

export function filesOf(stored: Buffer, place: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const { type, name, bytes } of membersOf(stored, place)) if (type === "file") files.set(name, bytes);
  return files;
}

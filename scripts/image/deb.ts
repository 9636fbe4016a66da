/** What a Debian package holds (deb(5)): an ar archive of control.tar and data.tar, each packed with xz or zstd. */
import { zstdDecompressSync } from "node:zlib";
import { createTarWalker } from "../../src/engines/oci/tar.ts";
import { readXz } from "../../src/formats/xz/xz.ts";
import type { ArchiveEntry } from "./tar.ts";

export interface DebianContent {
  /** Files of control.tar by name: `control`, `md5sums`. */
  readonly control: ReadonlyMap<string, ArchiveEntry>;
  readonly data: ReadonlyMap<string, ArchiveEntry>;
}

/** Bytes of an unpacked member; the largest here has some 15 MB. */
const LIMIT = 256 * 1024 * 1024;

/** @throws Error, Problem `oci.tar` for what is no Debian package */
export function readDeb(bytes: Buffer, place: string): DebianContent {
  const members = membersOf(bytes, place);
  const archive = (name: string) => {
    const [file, packed] = [...members].find(([member]) => member.startsWith(`${name}.`)) ?? [];
    if (file === undefined || packed === undefined) throw new Error(`${place}: no ${name}`);
    return entriesOf(unpack(packed, file, place), `${place}, ${file}`);
  };
  return { control: archive("control.tar"), data: archive("data.tar") };
}

function membersOf(bytes: Buffer, place: string): Map<string, Buffer> {
  if (bytes.toString("latin1", 0, 8) !== "!<arch>\n") throw new Error(`${place}: not a Debian package`);
  const members = new Map<string, Buffer>();
  for (let at = 8; at + 60 <= bytes.length; ) {
    const name = bytes
      .toString("latin1", at, at + 16)
      .trim()
      .replace(/\/$/, "");
    const size = Number(bytes.toString("latin1", at + 48, at + 58).trim());
    if (!Number.isSafeInteger(size) || at + 60 + size > bytes.length) throw new Error(`${place}: ${name} is cut off`);
    members.set(name, bytes.subarray(at + 60, at + 60 + size));
    at += 60 + size + (size % 2);
  }
  return members;
}

function unpack(packed: Buffer, file: string, place: string): Buffer {
  if (file.endsWith(".zst")) return zstdDecompressSync(packed, { maxOutputLength: LIMIT });
  const content = readXz(packed, LIMIT);
  if (Buffer.isBuffer(content)) return content;
  throw new Error(`${place}: ${file} ${content.fault}`);
}

function entriesOf(tar: Buffer, place: string): Map<string, ArchiveEntry> {
  const entries = new Map<string, ArchiveEntry>();
  const pathOf = (name: string) => name.replace(/^\.\//, "");
  const walker = createTarWalker(place, {
    entry({ type, name, mode, link, size }) {
      if (type === "directory") entries.set(pathOf(name).replace(/\/$/, ""), { type, mode: mode & 0o755 });
      if (type === "symlink") entries.set(pathOf(name), { type, target: link });
      if (type === "file" && size === 0)
        entries.set(pathOf(name), { type, mode: mode & 0o755, bytes: Buffer.alloc(0) });
      return type === "file";
    },
    content({ name, mode }, bytes) {
      entries.set(pathOf(name), { type: "file", mode: mode & 0o755, bytes: Buffer.from(bytes) });
    },
  });
  walker.write(tar);
  walker.end();
  return entries;
}

/** Repositories written byte by byte, whose indexes may lie: what no git would make. For tests. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

export interface PackedEntry {
  /** The id that the index claims: 40 hex digits. */
  readonly id: string;
  /** 1 commit, 2 tree, 3 blob, 4 tag, 7 a delta upon `base`. */
  readonly type: number;
  readonly bytes: Buffer;
  readonly base?: string;
}

/** An id of one repeated byte. */
export const idOf = (byte: number): string => byte.toString(16).padStart(2, "0").repeat(20);

export function treeOf(...entries: readonly (readonly [mode: string, name: string, id: string])[]): Buffer {
  return Buffer.concat(
    entries.map(([mode, name, id]) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")])),
  );
}

export function commitOf(tree: string, ...parents: readonly string[]): Buffer {
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)];
  return Buffer.from(
    `${lines.join("\n")}\nauthor A <a@example.org> 1 +0000\ncommitter A <a@example.org> 1 +0000\n\nwords\n`,
  );
}

/** A bare repository whose only ref, HEAD, names `head`. */
export function writeRepository(folder: string, head: string, entries: readonly PackedEntry[]): void {
  mkdirSync(join(folder, "objects/pack"), { recursive: true });
  mkdirSync(join(folder, "refs"), { recursive: true });
  writeFileSync(join(folder, "HEAD"), `${head}\n`);
  const { pack, index } = packOf(entries);
  writeFileSync(join(folder, "objects/pack/pack-x.pack"), pack);
  writeFileSync(join(folder, "objects/pack/pack-x.idx"), index);
}

export function packOf(entries: readonly PackedEntry[]): { readonly pack: Buffer; readonly index: Buffer } {
  const parts: Buffer[] = [Buffer.from("PACK"), uint32(2), uint32(entries.length)];
  let offset = 12;
  const placed = entries.map(({ id, type, bytes, base }) => {
    const part = Buffer.concat([header(type, bytes.length), Buffer.from(base ?? "", "hex"), deflateSync(bytes)]);
    parts.push(part);
    offset += part.length;
    return { id: Buffer.from(id, "hex"), offset: offset - part.length };
  });
  const body = Buffer.concat(parts);
  const pack = Buffer.concat([body, sha1(body)]);
  placed.sort((left, right) => left.id.compare(right.id));
  const fanout = Array.from({ length: 256 }, (_, byte) =>
    uint32(placed.filter(({ id }) => (id[0] as number) <= byte).length),
  );
  const listed = Buffer.concat([
    Buffer.from([0xff, 0x74, 0x4f, 0x63]),
    uint32(2),
    ...fanout,
    ...placed.map(({ id }) => id),
    Buffer.alloc(placed.length * 4),
    ...placed.map((entry) => uint32(entry.offset)),
    pack.subarray(-20),
  ]);
  return { pack, index: Buffer.concat([listed, sha1(listed)]) };
}

function header(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const sha1 = (bytes: Buffer): Buffer => createHash("sha1").update(bytes).digest();

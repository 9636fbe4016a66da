/** Writes a layer of any size into an OCI layout: ustar with pax names, gzipped, both digests taken on the way. */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

export interface SourceFile {
  /** Path in the image, without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly kind:
    | { readonly type: "folder" }
    | { readonly type: "link"; readonly target: string }
    | { readonly type: "text"; readonly text: string }
    /** A file of this machine. */
    | { readonly type: "file"; readonly source: string };
}

export interface WrittenLayer {
  readonly digest: string;
  readonly diffId: string;
  /** Bytes stored, and bytes of the tar. */
  readonly stored: number;
  readonly size: number;
  readonly entries: number;
}

/** What `docker build` and buildah use by default. */
const GZIP_LEVEL = 6;
const BLOCK = 512;

export async function writeLayer(layout: string, files: Iterable<SourceFile>): Promise<WrittenLayer> {
  const blobs = join(layout, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const partial = join(blobs, randomUUID());
  const content = createHash("sha256");
  const stored = createHash("sha256");
  let size = 0;
  let entries = 0;

  function* tar(): Generator<Buffer> {
    for (const file of files) {
      entries += 1;
      yield* tarEntry(file);
    }
    yield Buffer.alloc(2 * BLOCK);
  }
  async function* counted(): AsyncGenerator<Buffer> {
    for (const chunk of tar()) {
      size += chunk.length;
      content.update(chunk);
      yield chunk;
    }
  }
  async function* hashed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      stored.update(chunk);
      yield chunk;
    }
  }
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: 256 * 1024 });
  await pipeline(counted, gzip, hashed, createWriteStream(partial));
  const hex = stored.digest("hex");
  renameSync(partial, join(blobs, hex));
  return {
    digest: `sha256:${hex}`,
    diffId: `sha256:${content.digest("hex")}`,
    stored: statSync(join(blobs, hex)).size,
    size,
    entries,
  };
}

function* tarEntry({ path, mode, kind }: SourceFile): Generator<Buffer> {
  const name = kind.type === "folder" ? `${path}/` : path;
  const target = kind.type === "link" ? kind.target : "";
  const content = kind.type === "file" ? readFileSync(kind.source) : Buffer.from(kind.type === "text" ? kind.text : "");
  const long = [
    ...(Buffer.byteLength(name) > 100 ? [["path", name] as const] : []),
    ...(Buffer.byteLength(target) > 100 ? [["linkpath", target] as const] : []),
  ];
  if (long.length > 0) {
    const records = Buffer.from(long.map(([key, value]) => paxRecord(key, value)).join(""));
    yield header("PaxHeaders/long", 0o644, records.length, "x", "");
    yield* padded(records);
  }
  const flag = { folder: "5", link: "2", text: "0", file: "0" }[kind.type];
  yield header(name, mode, content.length, flag, target);
  yield* padded(content);
}

function* padded(content: Buffer): Generator<Buffer> {
  if (content.length === 0) return;
  yield content;
  const rest = content.length % BLOCK;
  if (rest > 0) yield Buffer.alloc(BLOCK - rest);
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits (POSIX.1-2024, pax, "Extended Header"). */
function paxRecord(key: string, value: string): string {
  const bytes = Buffer.byteLength(` ${key}=${value}\n`);
  let length = bytes + 1;
  while (String(length).length + bytes !== length) length += 1;
  return `${length} ${key}=${value}\n`;
}

function header(name: string, mode: number, size: number, flag: string, target: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.write(name, 0, 100);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write("        ", 148);
  block.write(flag, 156);
  block.write(target, 157, 100);
  block.write("ustar\x0000", 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

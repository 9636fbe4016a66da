/** An advisory database as Trivy reads it: a file of bbolt with few buckets, all on one page. For tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Bucket {
  readonly [key: string]: Bucket | string;
}

const PAGE = 4_096;
const PAGE_HEADER = 16;
const [LEAF, META, FREELIST] = [2, 4, 16];
const MAGIC = 0xed0cdaed;

/** @param cache - Trivy's cache folder */
export function writeTrivyDatabase(cache: string, root: Bucket): void {
  const folder = join(cache, "db");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "trivy.db"), boltFile(root));
  const [at, next] = ["2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z"];
  const metadata = { Version: 2, NextUpdate: next, UpdatedAt: at, DownloadedAt: at };
  writeFileSync(join(folder, "metadata.json"), JSON.stringify(metadata));
}

function boltFile(root: Bucket): Buffer {
  const leaf = leafOf(root);
  const pages = Math.ceil((PAGE_HEADER + leaf.bytes.length) / PAGE);
  const file = Buffer.alloc((3 + pages) * PAGE);
  for (const transaction of [0, 1]) writeMeta(file, transaction, 3 + pages);
  writeHeader(file, 2, { flags: FREELIST, count: 0, overflow: 0 });
  writeHeader(file, 3, { flags: LEAF, count: leaf.count, overflow: pages - 1 });
  leaf.bytes.copy(file, 3 * PAGE + PAGE_HEADER);
  return file;
}

function writeHeader(file: Buffer, page: number, header: { flags: number; count: number; overflow: number }): void {
  const at = page * PAGE;
  file.writeBigUInt64LE(BigInt(page), at);
  file.writeUInt16LE(header.flags, at + 8);
  file.writeUInt16LE(header.count, at + 10);
  file.writeUInt32LE(header.overflow, at + 12);
}

function writeMeta(file: Buffer, transaction: number, end: number): void {
  writeHeader(file, transaction, { flags: META, count: 0, overflow: 0 });
  const meta = file.subarray(transaction * PAGE + PAGE_HEADER);
  for (const [i, value] of [MAGIC, 2, PAGE, 0].entries()) meta.writeUInt32LE(value, i * 4);
  // Root page, sequence, free list, first page behind the end, transaction.
  for (const [i, value] of [3, 0, 2, end, transaction].entries()) meta.writeBigUInt64LE(BigInt(value), 16 + i * 8);
  meta.writeBigUInt64LE(fnv1a(meta.subarray(0, 56)), 56);
}

function leafOf(bucket: Bucket): { readonly count: number; readonly bytes: Buffer } {
  const entries = Object.entries(bucket)
    .map(([key, value]) => ({
      key: Buffer.from(key),
      value: typeof value === "string" ? Buffer.from(value) : inlineBucket(value),
      flags: typeof value === "string" ? 0 : 1,
    }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const elements = Buffer.alloc(entries.length * 16);
  const data: Buffer[] = [];
  let position = elements.length;
  for (const [i, { key, value, flags }] of entries.entries()) {
    for (const [field, number] of [flags, position - i * 16, key.length, value.length].entries()) {
      elements.writeUInt32LE(number, i * 16 + field * 4);
    }
    data.push(key, value);
    position += key.length + value.length;
  }
  return { count: entries.length, bytes: Buffer.concat([elements, ...data]) };
}

function inlineBucket(bucket: Bucket): Buffer {
  const { count, bytes } = leafOf(bucket);
  const header = Buffer.alloc(16 + PAGE_HEADER);
  header.writeUInt16LE(LEAF, 16 + 8);
  header.writeUInt16LE(count, 16 + 10);
  return Buffer.concat([header, bytes]);
}

function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/**
 * The scan cache: what a layer or an image holds, by content digest, in one SQLite file. It saves work and decides
 * nothing: a cache that is missing, locked, of another version or broken costs time and no more.
 *
 * Tables (every text is UTF-8; `key` is of the kind of answer, see `cacheKeys`):
 * - `layer(diff_id, key, scan, used)`: a layer's scan, zstd-compressed
 * - `image(config_digest, key, inventory, used)`: an image's inventory, zstd-compressed JSON
 * - `secrets(id, key, found, used)`: the secrets of a layer or an image by its diffID or config digest; the key is
 *   followed by the scanner's
 * - `verified(digest, diff_id)`: a stored blob that was read whole and whose digest and diffID fitted
 * - `stamp(stamp, digest)`: a local file that was read whole while it had this stamp
 * `used` is in seconds since 1970.
 */
import type { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";

import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import type { FileFacts, Inventory } from "../../engines/contents/model.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import { attempt, type CacheForm, clearCacheFile, openCacheFile } from "../cache-file.ts";
import { cacheKeys, FORMAT } from "./cache-key.ts";
import type { LayerScan } from "./layer-scan.ts";

/** What an image's layers gave, ready for the checks. */
export interface ScannedImage {
  readonly inventory: Inventory;
  readonly gaps: readonly Gap[];
}

export interface ScanCache {
  layer(diffId: Digest): LayerScan | undefined;
  storeLayer(diffId: Digest, scan: LayerScan): void;
  image(configDigest: Digest): ScannedImage | undefined;
  storeImage(configDigest: Digest, image: ScannedImage): void;
  /**
   * @param id - a layer's diffID or an image's config digest
   * @param scanner - the key of the scanner that found them
   */
  secrets(id: Digest, scanner: string): FoundSecrets | undefined;
  storeSecrets(id: Digest, scanner: string, found: FoundSecrets): void;
  /** True where a blob with this digest was once read whole and had this diffID. */
  isVerified(digest: Digest, diffId: Digest): boolean;
  storeVerified(digest: Digest, diffId: Digest): void;
  hasStamp(stamp: string, digest: Digest): boolean;
  storeStamp(stamp: string, digest: Digest): void;
  close(): void;
}

export interface CacheStatus {
  readonly layers: number;
  readonly images: number;
  /** Bytes of the entries, compressed. */
  readonly bytes: number;
}

const FORM: CacheForm = {
  name: "the scan cache",
  // "BHsc" in ASCII.
  applicationId: 0x42487363,
  version: FORMAT,
  tables: `
  create table layer (diff_id text, key text, scan blob, used integer, primary key (diff_id, key)) without rowid;
  create table image (config_digest text, key text, inventory blob, used integer, primary key (config_digest, key)) without rowid;
  create table secrets (id text, key text, found blob, used integer, primary key (id, key)) without rowid;
  create table verified (digest text, diff_id text, primary key (digest, diff_id)) without rowid;
  create table stamp (stamp text, digest text, primary key (stamp, digest)) without rowid;
`,
};

/**
 * Opens or makes the cache; undefined where it cannot be used.
 *
 * @throws Problem (usage) `files.link` where a link is in its place: SQLite would write to what it leads to
 */
export function openScanCache(path: string): ScanCache | undefined {
  const database = openCacheFile(path, FORM);
  return database === undefined ? undefined : cacheOver(database);
}

/** Undefined where it cannot be used. */
export function cacheStatus(path: string): CacheStatus | undefined {
  const database = openCacheFile(path, FORM);
  try {
    return database
      ?.prepare(`select (select count(*) from layer) as layers, (select count(*) from image) as images,
        (select coalesce(sum(length(scan)), 0) from layer) + (select coalesce(sum(length(inventory)), 0) from image)
        + (select coalesce(sum(length(found)), 0) from secrets) as bytes`)
      .get() as CacheStatus | undefined;
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

export const clearCache = clearCacheFile;

function cacheOver(database: DatabaseSync): ScanCache {
  const keys = cacheKeys();
  const now = () => Math.floor(Date.now() / 1000);

  function blob(table: "layer" | "image", digest: Digest): Buffer | undefined {
    const [id, column] = table === "layer" ? ["diff_id", "scan"] : ["config_digest", "inventory"];
    return attempt(() => {
      const row = database
        .prepare(`select ${column} as content from ${table} where ${id} = ? and key = ?`)
        .get(digest, keys[table]);
      return row === undefined ? undefined : zstdDecompressSync(row.content as Uint8Array);
    });
  }

  function store(sql: string, values: () => (string | number | Uint8Array)[]): void {
    attempt(() => database.prepare(sql).run(...values()));
  }

  return {
    layer(diffId) {
      const bytes = blob("layer", diffId);
      return bytes === undefined ? undefined : attempt(() => decodeScan(bytes));
    },
    storeLayer(diffId, scan) {
      store("insert or replace into layer values (?, ?, ?, ?)", () => [
        diffId,
        keys.layer,
        zstdCompressSync(encodeScan(scan)),
        now(),
      ]);
    },
    image(configDigest) {
      const bytes = blob("image", configDigest);
      return bytes === undefined ? undefined : attempt(() => JSON.parse(bytes.toString("utf8")) as ScannedImage);
    },
    storeImage(configDigest, image) {
      store("insert or replace into image values (?, ?, ?, ?)", () => [
        configDigest,
        keys.image,
        zstdCompressSync(Buffer.from(JSON.stringify(image))),
        now(),
      ]);
    },
    secrets: (id, scanner) =>
      attempt(() => {
        const row = database
          .prepare("select found from secrets where id = ? and key = ?")
          .get(id, `${keys.secrets} ${scanner}`);
        if (row === undefined) return undefined;
        return JSON.parse(zstdDecompressSync(row.found as Uint8Array).toString("utf8")) as FoundSecrets;
      }),
    storeSecrets: (id, scanner, found) =>
      store("insert or replace into secrets values (?, ?, ?, ?)", () => [
        id,
        `${keys.secrets} ${scanner}`,
        zstdCompressSync(Buffer.from(JSON.stringify(found))),
        now(),
      ]),
    isVerified: (digest, diffId) =>
      attempt(() => database.prepare("select 1 from verified where digest = ? and diff_id = ?").get(digest, diffId)) !==
      undefined,
    storeVerified: (digest, diffId) => store("insert or ignore into verified values (?, ?)", () => [digest, diffId]),
    hasStamp: (stamp, digest) =>
      attempt(() => database.prepare("select 1 from stamp where stamp = ? and digest = ?").get(stamp, digest)) !==
      undefined,
    storeStamp: (stamp, digest) => store("insert or ignore into stamp values (?, ?)", () => [stamp, digest]),
    close: () => attempt(() => database.close()),
  };
}

/** Records joined by two NULs, which no path holds, then the facts: far quicker to read than JSON of each entry. */
export function encodeScan(scan: LayerScan): Buffer {
  const records = Buffer.from(scan.records.join("\0\0"));
  const rest = Buffer.from(JSON.stringify([scan.facts, scan.gaps, scan.permissions ?? null]));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(scan.records.length, 0);
  lengths.writeUInt32LE(records.length, 4);
  return Buffer.concat([lengths, records, rest]);
}

export function decodeScan(bytes: Buffer): LayerScan {
  const count = bytes.readUInt32LE(0);
  const end = 8 + bytes.readUInt32LE(4);
  const records = count === 0 ? [] : bytes.toString("utf8", 8, end).split("\0\0");
  if (records.length !== count) throw new Error("a cached scan is broken");
  const [facts, gaps, permissions] = JSON.parse(bytes.toString("utf8", end)) as [
    FileFacts[],
    Gap[],
    LayerScan["permissions"] | null,
  ];
  return { records, facts, gaps, ...(permissions === null || permissions === undefined ? {} : { permissions }) };
}

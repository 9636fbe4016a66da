/**
 * The scan cache: what a layer or an image holds, by content digest, in one SQLite file. It saves work and decides
 * nothing: a cache that is missing, locked, of another version or broken costs time and no more.
 *
 * Tables (every text is UTF-8; `key` is of the kind of answer, see `cacheKeys`):
 * - `layer(diff_id, key, scan, used)`: a layer's scan, zstd-compressed
 * - `image(config_digest, key, inventory, used)`: an image's inventory, zstd-compressed JSON
 * - `secrets(id, key, found, used)`: the secrets of a layer or an image by its diffID or config digest; the key is
 *   followed by the scanner's
 * - `verified(digest, diff_id, used)`: a stored blob that was read whole and whose digest and diffID fitted
 * - `stamp(stamp, digest, used)`: a local file that was read whole while it had this stamp
 * - `upkeep(at)`: when what is old was last forgotten (cache-upkeep.ts)
 * `used` is in seconds since 1970, and exact to the day.
 */
import type { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { readClock } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import { parseJson } from "../../core/parse-json.ts";
import type { FileFacts, Inventory } from "../../engines/contents/model.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import { attempt, type CacheForm, clearCacheFile, openCacheFile } from "../cache-file.ts";
import { cacheKeys, FORMAT } from "./cache-key.ts";
import { type CacheLimits, keepWithin, type Pruned, pruneCache } from "./cache-upkeep.ts";
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
  /** Of layers and images whose secrets are known. */
  readonly secrets: number;
  /** Bytes of the entries, compressed. */
  readonly bytes: number;
  /** When the entry that was not asked for longest was last used: seconds since 1970; null where there is none. */
  readonly oldest: number | null;
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
  create table verified (digest text, diff_id text, used integer, primary key (digest, diff_id)) without rowid;
  create table stamp (stamp text, digest text, used integer, primary key (stamp, digest)) without rowid;
  create table upkeep (at integer);
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
  return overCache(
    path,
    (database) =>
      database
        .prepare(`select (select count(*) from layer) as layers, (select count(*) from image) as images,
        (select count(*) from secrets) as secrets,
        (select coalesce(sum(length(scan)), 0) from layer) + (select coalesce(sum(length(inventory)), 0) from image)
        + (select coalesce(sum(length(found)), 0) from secrets) as bytes,
        (select min(used) from (select used from layer union all select used from image union all select used from secrets))
        as oldest`)
        .get() as unknown as CacheStatus,
  );
}

/** Forgets now; undefined where the cache cannot be used, or another process does not let go of it. */
export function pruneScanCache(path: string, limits: CacheLimits, now: Date): Pruned | undefined {
  return overCache(path, (database) => pruneCache(database, seconds(now), limits));
}

function overCache<Result>(path: string, work: (database: DatabaseSync) => Result): Result | undefined {
  const database = openCacheFile(path, FORM);
  if (database === undefined) return undefined;
  try {
    return work(database);
  } catch {
    return undefined;
  } finally {
    database.close();
  }
}

export const clearCache = clearCacheFile;

/** What an entry of each table is found by. */
const identities = {
  layer: "diff_id = ? and key = ?",
  image: "config_digest = ? and key = ?",
  secrets: "id = ? and key = ?",
  verified: "digest = ? and diff_id = ?",
  stamp: "stamp = ? and digest = ?",
} as const;

const DAY_SECONDS = 24 * 60 * 60;
/** Entries that a process which never closes stores between two looks at the size. */
const STORED = 500;

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function cacheOver(database: DatabaseSync): ScanCache {
  const keys = cacheKeys();
  const now = () => seconds(readClock());
  let stored = 0;

  /** By the day: to forget in months it need not be written at every look. */
  function touch(table: "layer" | "image" | "secrets" | "verified" | "stamp", used: unknown, ...id: string[]): void {
    if (Number(used) > now() - DAY_SECONDS) return;
    attempt(() => database.prepare(`update ${table} set used = ? where ${identities[table]}`).run(now(), ...id));
  }

  function keep(): void {
    if (stored > 0) attempt(() => keepWithin(database, now()));
    stored = 0;
  }

  function blob(table: "layer" | "image", digest: Digest): Buffer | undefined {
    const [id, column] = table === "layer" ? ["diff_id", "scan"] : ["config_digest", "inventory"];
    return attempt(() => {
      const row = database
        .prepare(`select ${column} as content, used from ${table} where ${id} = ? and key = ?`)
        .get(digest, keys[table]);
      if (row === undefined) return undefined;
      touch(table, row.used, digest, keys[table]);
      return zstdDecompressSync(row.content as Uint8Array);
    });
  }

  function store(sql: string, values: () => (string | number | Uint8Array)[]): void {
    attempt(() => database.prepare(sql).run(...values()));
    if (++stored === STORED) keep();
  }

  function isKnown(table: "verified" | "stamp", ...id: string[]): boolean {
    const row = attempt(() => database.prepare(`select used from ${table} where ${identities[table]}`).get(...id));
    if (row !== undefined) touch(table, row.used, ...id);
    return row !== undefined;
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
      return bytes === undefined ? undefined : attempt(() => parseJson(bytes.toString("utf8")) as ScannedImage);
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
        const key = `${keys.secrets} ${scanner}`;
        const row = database.prepare("select found, used from secrets where id = ? and key = ?").get(id, key);
        if (row === undefined) return undefined;
        touch("secrets", row.used, id, key);
        return parseJson(zstdDecompressSync(row.found as Uint8Array).toString("utf8")) as FoundSecrets;
      }),
    storeSecrets: (id, scanner, found) =>
      store("insert or replace into secrets values (?, ?, ?, ?)", () => [
        id,
        `${keys.secrets} ${scanner}`,
        zstdCompressSync(Buffer.from(JSON.stringify(found))),
        now(),
      ]),
    isVerified: (digest, diffId) => isKnown("verified", digest, diffId),
    storeVerified: (digest, diffId) =>
      store("insert or ignore into verified values (?, ?, ?)", () => [digest, diffId, now()]),
    hasStamp: (stamp, digest) => isKnown("stamp", stamp, digest),
    storeStamp: (stamp, digest) => store("insert or ignore into stamp values (?, ?, ?)", () => [stamp, digest, now()]),
    close() {
      keep();
      attempt(() => database.close());
    },
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
  const [facts, gaps, permissions] = parseJson(bytes.toString("utf8", end)) as [
    FileFacts[],
    Gap[],
    LayerScan["permissions"] | null,
  ];
  return { records, facts, gaps, ...(permissions === null || permissions === undefined ? {} : { permissions }) };
}

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { readClock } from "../../core/clock.ts";
import { codePoint } from "../../core/code-point.fixture.ts";
import type { Digest } from "../../core/digest.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import {
  cacheStatus,
  clearCache,
  decodeScan,
  encodeScan,
  openScanCache,
  pruneScanCache,
  type ScanCache,
  type ScannedImage,
} from "./cache.ts";
import { cacheLimits } from "./cache-upkeep.ts";
import type { LayerScan } from "./layer-scan.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-cache-"));
after(() => rmSync(root, { recursive: true, force: true }));
let files = 0;
function freshPath(): string {
  files += 1;
  return join(root, String(files), "scans.db");
}

const diffId = sha256(Buffer.from("layer"));
const other = sha256(Buffer.from("another layer"));
const scan: LayerScan = { records: ["Detc", "Fetc/motd"], facts: [], gaps: [] };
const image: ScannedImage = { inventory: { packages: [] }, gaps: [{ code: "a", reason: "b" }] };

function opened(path: string): ScanCache {
  const cache = openScanCache(path);
  assert.ok(cache !== undefined);
  return cache;
}

/** Runs SQL on the cache's file behind its back. */
function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test("what was stored is there again, in another process's hands too", () => {
  const path = freshPath();
  const [one, two] = [opened(path), opened(path)];
  one.storeLayer(diffId, scan);
  one.storeImage(diffId, image);
  one.storeVerified(other, diffId);
  one.storeStamp("1:2:3", diffId);
  assert.deepEqual(two.layer(diffId), scan);
  assert.deepEqual(two.image(diffId), image);
  assert.equal(two.isVerified(other, diffId), true);
  assert.equal(two.hasStamp("1:2:3", diffId), true);
  assert.deepEqual([two.layer(other), two.image(other)], [undefined, undefined]);
  assert.equal(two.isVerified(diffId, other), false);
  assert.equal(two.hasStamp("1:2:3", other), false);
  one.close();
  two.close();
  assert.equal(statSync(path).mode & 0o077, 0, "nobody else may read it");
  const status = cacheStatus(path);
  assert.deepEqual([status?.layers, status?.images], [1, 1]);
  assert.ok((status?.bytes ?? 0) > 0);
});

test("an entry of other analysers or bounds is none", () => {
  const path = freshPath();
  const cache = opened(path);
  cache.storeLayer(diffId, scan);
  cache.storeImage(diffId, image);
  change(path, "update layer set key = 'older'; update image set key = 'older'");
  assert.deepEqual([cache.layer(diffId), cache.image(diffId)], [undefined, undefined]);
  cache.storeLayer(diffId, scan);
  assert.deepEqual(cache.layer(diffId), scan);
  cache.close();
});

test("entries that are broken are none", () => {
  const path = freshPath();
  const cache = opened(path);
  cache.storeLayer(diffId, scan);
  cache.storeImage(diffId, image);
  for (const broken of ["x'00'", "x''", "null", "'text'", "x'28b52ffd0058'"]) {
    change(path, `update layer set scan = ${broken}; update image set inventory = ${broken}`);
    assert.deepEqual([cache.layer(diffId), cache.image(diffId)], [undefined, undefined], broken);
  }
  cache.close();
});

test("a cache of another format is made anew", () => {
  const path = freshPath();
  opened(path).close();
  change(path, "pragma user_version = 999");
  const cache = opened(path);
  cache.storeLayer(diffId, scan);
  assert.deepEqual(cache.layer(diffId), scan);
  cache.close();
});

test("a cache whose file is broken is made anew", () => {
  const path = freshPath();
  const first = opened(path);
  first.storeLayer(diffId, scan);
  first.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xff, 100, 200));
  const cache = opened(path);
  assert.equal(cache.layer(diffId), undefined);
  cache.storeLayer(diffId, scan);
  assert.deepEqual(cache.layer(diffId), scan);
  cache.close();
});

test("a file that is none of ours is left alone, and there is no cache", () => {
  const text = join(root, "notes.txt");
  writeFileSync(text, "a line that somebody wrote\n".repeat(20));
  const database = join(root, "foreign.db");
  change(database, "create table mine (a); insert into mine values (1)");
  for (const path of [text, database]) {
    const before = readFileSync(path);
    assert.equal(openScanCache(path), undefined);
    assert.equal(cacheStatus(path), undefined);
    assert.deepEqual(readFileSync(path), before);
  }
});

test("a place that cannot be written has no cache", () => {
  writeFileSync(join(root, "file"), "");
  for (const path of [join(root, "file", "scans.db"), root]) {
    assert.equal(openScanCache(path), undefined);
    assert.equal(cacheStatus(path), undefined);
  }
});

test("tables that vanish while it is open cost time and no more", () => {
  const path = freshPath();
  const cache = opened(path);
  change(
    path,
    "drop table layer; drop table image; drop table secrets; drop table verified; drop table stamp; drop table upkeep",
  );
  cache.storeLayer(diffId, scan);
  cache.storeImage(diffId, image);
  cache.storeVerified(diffId, diffId);
  cache.storeStamp("1", diffId);
  cache.storeSecrets(diffId, "rules", { found: { secrets: [], files: 1, bytes: 2 }, gaps: [] });
  assert.deepEqual([cache.layer(diffId), cache.image(diffId)], [undefined, undefined]);
  assert.equal(cache.secrets(diffId, "rules"), undefined);
  assert.deepEqual([cache.isVerified(diffId, diffId), cache.hasStamp("1", diffId)], [false, false]);
  cache.close();
  assert.equal(cacheStatus(path)?.layers, 0, "the next one makes them again");
});

test("clearing takes the files that SQLite puts beside it too, and needs none to be there", () => {
  const path = freshPath();
  clearCache(path);
  const cache = opened(path);
  cache.storeLayer(diffId, scan);
  clearCache(path);
  assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false }), undefined);
  cache.close();
  assert.deepEqual({ ...cacheStatus(path) }, { layers: 0, images: 0, secrets: 0, bytes: 0, oldest: null });
});

test("processes that start on the same empty folder at once all get to use it, and lose nothing", async () => {
  const path = freshPath();
  mkdirSync(join(path, ".."));
  const program = `
    import { openScanCache } from ${JSON.stringify(new URL("./cache.ts", import.meta.url).href)};
    const cache = openScanCache(process.argv[1]);
    cache.storeStamp(process.argv[2], ${JSON.stringify(diffId)});
    cache.close();`;
  const names = ["a", "b", "c", "d"];
  await Promise.all(
    names.map((name) => promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, path, name])),
  );
  const cache = opened(path);
  for (const name of names) assert.equal(cache.hasStamp(name, diffId), true, name);
  cache.close();
});

/** Text as names in archives are once they are decoded: anything but NUL. */
const text = fc.string({ unit: codePoint, minLength: 1, maxLength: 20 }).map((value) => value.replaceAll("\0", "/"));

test("a scan survives being written and read", () => {
  const record = fc.oneof(
    fc.tuple(fc.constantFrom("F", "W", "D", "O"), text).map(([letter, path]) => letter + path),
    fc.tuple(fc.constantFrom("S", "H"), text, text).map(([letter, path, link]) => `${letter}${path}\0${link}`),
  );
  const facts = fc.oneof(
    text.map((reason): FileFacts => ({ kind: "unreadable", code: "a.b", reason })),
    text.map((unread): FileFacts => ({ kind: "packages", packages: [], unread: [unread] })),
  );
  const gap = fc.record({ code: text, reason: text }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(record), fc.array(facts), fc.array(gap), (records, found, gaps) => {
      const value: LayerScan = { records, facts: found, gaps };
      assert.deepEqual(decodeScan(encodeScan(value)), value);
    }),
  );
});

test("bytes that are no scan are refused, not read as an empty one", () => {
  const whole = encodeScan({ records: ["Fa", "Fb"], facts: [], gaps: [] });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), (length) => {
      assert.throws(() => decodeScan(whole.subarray(0, length)));
    }),
  );
  const miscounted = Buffer.from(whole);
  miscounted.writeUInt32LE(1, 0);
  assert.throws(() => decodeScan(miscounted), /broken/);
});

test("a scan that is too large to be written is not remembered, and that is all", () => {
  const cache = opened(freshPath());
  const record = `F${"x".repeat(1_000_000)}`;
  cache.storeLayer(diffId as Digest, { records: Array.from({ length: 600 }, () => record), facts: [], gaps: [] });
  assert.equal(cache.layer(diffId), undefined);
  cache.close();
});

const DAY = 24 * 60 * 60;
const days = (path: string, age: number) => {
  const used = Math.floor(readClock().getTime() / 1000) - age * DAY;
  for (const table of ["layer", "image", "secrets", "verified", "stamp"])
    change(path, `update ${table} set used = ${used}`);
};

test("what was not used for months is forgotten by the next run that stores something; what is used stays", () => {
  const path = freshPath();
  const first = opened(path);
  first.storeLayer(diffId, scan);
  first.storeImage(diffId, image);
  first.storeStamp("1", diffId);
  first.close();
  days(path, cacheLimits.days - 1);
  const second = opened(path);
  assert.deepEqual(second.layer(diffId), scan);
  second.close();
  days(path, 0);
  change(
    path,
    `update image set used = used - ${cacheLimits.days * DAY}; update stamp set used = 0; delete from upkeep`,
  );
  const third = opened(path);
  assert.deepEqual(third.image(diffId), image, "nothing is forgotten by reading, and reading is use");
  third.storeVerified(other, diffId);
  third.close();
  const last = opened(path);
  assert.deepEqual(last.image(diffId), image);
  assert.equal(last.hasStamp("1", diffId), false);
  assert.equal(last.isVerified(other, diffId), true);
  last.close();
});

test("beyond its size the entries that were used longest ago go first, and the file gets smaller", () => {
  const path = freshPath();
  const cache = opened(path);
  const large = (number: number): LayerScan => ({
    records: [`F${randomBytes(50_000).toString("hex")}${number}`],
    facts: [],
    gaps: [],
  });
  const layers = Array.from({ length: 20 }, (_, number) => sha256(Buffer.from(`layer ${number}`)));
  for (const [number, id] of layers.entries()) cache.storeLayer(id, large(number));
  cache.close();
  for (const [number, id] of layers.entries())
    change(path, `update layer set used = used - ${1000 - number} where diff_id = '${id}'`);
  const before = statSync(path).size;
  assert.ok(before > 1e6);
  const pruned = pruneScanCache(path, { days: 90, bytes: 500_000 }, readClock());
  const after = opened(path);
  const left = layers.filter((id) => after.layer(id) !== undefined);
  after.close();
  assert.ok(left.length >= 5 && left.length <= 9, `${left.length}`);
  assert.deepEqual(left, layers.slice(-left.length));
  assert.equal(pruned?.entries, 20 - left.length);
  assert.ok(statSync(path).size < 600_000);
});

test("a process that prunes and others that read and store at once disturb each other in nothing", async () => {
  const path = freshPath();
  const module = JSON.stringify(new URL("./cache.ts", import.meta.url).href);
  const program = `
    import { openScanCache, pruneScanCache } from ${module};
    const [, path, name] = process.argv;
    for (let round = 0; round < 20; round++) {
      const cache = openScanCache(path);
      const scan = { records: ["F" + name + round], facts: [], gaps: [] };
      cache.storeLayer("sha256:" + name + round, scan);
      if (JSON.stringify(cache.layer("sha256:" + name + round)) !== JSON.stringify(scan)) throw new Error("lost");
      cache.close();
      if (name === "a" && pruneScanCache(path, { days: 1, bytes: 1e9 }, new Date()) === undefined) throw new Error("not pruned");
    }`;
  const names = ["a", "b", "c"];
  await Promise.all(
    names.map((name) => promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, path, name])),
  );
  assert.equal(cacheStatus(path)?.layers, 60);
});

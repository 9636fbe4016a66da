import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { clearMetadataCache, openMetadataCache } from "./cache.ts";

const now = new Date("2026-11-25T12:00:00Z");
const key = { registry: "https://registry.example/", name: "left", kind: "packument" };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-packages-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("an answer is kept with its validators and its date, until nobody has asked for it for long", (t) => {
  const path = join(folder(t), "bulkhead", "packages.db");
  const first = openMetadataCache(path, now);
  first?.store(key, { content: { a: [1] }, validators: { etag: '"x"' }, checkedAt: now });
  assert.deepEqual(first?.answer(key), { content: { a: [1] }, validators: { etag: '"x"' }, checkedAt: now });
  assert.equal(first?.answer({ ...key, registry: "https://other.example/" }), undefined);
  assert.equal(first?.answer({ ...key, kind: "keys" }), undefined);
  first?.close();
  const after = (days: number) => {
    const cache = openMetadataCache(path, new Date(now.getTime() + days * 24 * 60 * 60 * 1000));
    const found = cache?.answer(key);
    cache?.close();
    return found !== undefined;
  };
  assert.ok(after(60));
  // Its last use counts.
  assert.ok(after(140));
  assert.ok(!after(240));
});

test("a file of somebody else's is left alone, a broken one of ours is made anew", (t) => {
  const root = folder(t);
  const other = join(root, "mine.db");
  writeFileSync(other, "not a database".repeat(100));
  assert.equal(openMetadataCache(other, now), undefined);
  assert.match(readFileSync(other, "utf8"), /^not a database/);
  const own = join(root, "packages.db");
  const made = openMetadataCache(own, now);
  made?.store(key, { content: 1, validators: {}, checkedAt: now });
  made?.close();
  const bytes = readFileSync(own);
  // user_version stands at byte 60.
  bytes.writeInt32BE(999, 60);
  writeFileSync(own, bytes);
  const anew = openMetadataCache(own, now);
  assert.ok(anew !== undefined);
  assert.equal(anew.answer(key), undefined);
  anew.close();
  clearMetadataCache(own);
  assert.ok(!existsSync(own));
});

test("nothing is written through a link", (t) => {
  const root = folder(t);
  writeFileSync(join(root, "target"), "");
  symlinkSync(join(root, "target"), join(root, "packages.db"));
  assert.throws(() => openMetadataCache(join(root, "packages.db"), now), Problem);
});

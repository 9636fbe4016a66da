import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { FixtureImage } from "../../engines/oci/image.fixture.ts";
import { threadsOf } from "../../engines/oci/threads.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import {
  alpine310,
  apkDatabase,
  imageOf,
  type MemoryStore,
  memoryStore,
  npmPackage,
  openFixture,
} from "./image-files.fixture.ts";
import { contentsOfImage } from "./inventory.ts";

const now = new Date("2026-01-02T00:00:00Z");
const root = mkdtempSync(join(tmpdir(), "bulkhead-inventory-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A store of files, which counts what is read as a stream. */
function filesOf(image: FixtureImage): MemoryStore {
  const store = memoryStore(image);
  return {
    ...store,
    async fileOf(digest) {
      const bytes = store.blobs.get(digest) ?? Buffer.alloc(0);
      const file = join(root, digest.replace(":", "-"));
      writeFileSync(file, bytes);
      return { file, offset: 0, size: bytes.length };
    },
  };
}

/** As much as threads are worth. */
const noise = { name: "srv/noise", content: randomBytes(50 * 1024 * 1024) };
const image = imageOf(
  [alpine310, apkDatabase({ musl: "1.1.22-r2" }), noise],
  [npmPackage("a", "1.0.0"), { name: "srv/config", content: `CODE=${sampleCode}\n` }],
);
const scanner = {
  scanner: createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() }),
  key: "key",
};

test("what threads read of an image is what is read as streams, with its secrets", async () => {
  const store = filesOf(image);
  const context = { now, secrets: scanner };
  const shared = await contentsOfImage(await openFixture(image, store), { ...context, threads: threadsOf() });
  const alone = await contentsOfImage(await openFixture(image, memoryStore(image)), context);
  assert.deepEqual(shared, alone);
  assert.ok(shared.inventory.state === "present" && shared.inventory.facts.packages.length === 2);
  assert.ok(shared.secrets?.state === "present" && shared.secrets.facts.secrets.length > 0);
  assert.equal(store.opened.size, 0);
});

test("a layer that threads find broken is told of as without them", async () => {
  const broken = (store: MemoryStore): MemoryStore => {
    for (const [digest, bytes] of store.blobs) {
      if (bytes.length < 1024 * 1024) continue;
      const other = Buffer.from(bytes);
      other.fill(1, other.length >> 1, (other.length >> 1) + 8);
      store.blobs.set(digest, other);
    }
    return store;
  };
  const store = broken(filesOf(image));
  const shared = await contentsOfImage(await openFixture(image, store), { now, threads: threadsOf() });
  const alone = await contentsOfImage(await openFixture(image, broken(memoryStore(image))), { now });
  assert.deepEqual(shared, alone);
  assert.ok(shared.inventory.state === "absent" && shared.inventory.gaps[0].code === "oci.digest-mismatch");
  assert.equal(store.opened.size, 1);
});

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import { type FixtureImage, fixtureImage, tarOf } from "../../engines/oci/image.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import type { SecretFact } from "../../engines/secrets/model.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { zipOf } from "../../formats/zip/zip.fixture.ts";
import { openScanCache } from "../image/cache.ts";
import { imageOf, memoryStore, openFixture } from "../image/image-files.fixture.ts";
import { contentsOfImage } from "../image/inventory.ts";
import type { InventoryContext } from "../image/inventory-context.ts";

const now = new Date("2026-01-02T00:00:00Z");
const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const context: InventoryContext = { now, secrets: { scanner, key: "sample" } };
const root = mkdtempSync(join(tmpdir(), "bulkhead-secrets-"));
after(() => rmSync(root, { recursive: true, force: true }));

const settings = { name: "srv/settings.env", content: `first\nCODE=${sampleCode}\n` };
const large = { name: "srv/large", content: `${"line of text\n".repeat(60_000)}${sampleCode}\n` };

async function secretsIn(image: FixtureImage, more: Partial<InventoryContext> = {}): Promise<readonly SecretFact[]> {
  const { secrets } = await contentsOfImage(await openFixture(image), { ...context, ...more });
  assert.ok(secrets?.state === "present");
  return secrets.facts.secrets;
}

/** `path:line @layer`, and whether a higher layer hides it. */
function shown(secrets: readonly SecretFact[]): string[] {
  return secrets.map(({ path, line, layer, hidden }) => `${path}:${line} @${layer}${hidden ? " hidden" : ""}`);
}

test("a file that a higher layer deletes or replaces is found, and said to be hidden", async () => {
  for (const hider of ["srv/.wh.settings.env", "srv/.wh..wh..opq", ".wh.srv", "srv/settings.env"]) {
    const image = imageOf([settings], [{ name: hider, content: "" }], [settings]);
    assert.deepEqual(shown(await secretsIn(image)), ["srv/settings.env:2 @0 hidden", "srv/settings.env:2 @2"], hider);
  }
  const elsewhere = imageOf([settings], [{ name: "srv/.wh.other", content: "" }], [{ name: "other/.wh..wh..opq" }]);
  assert.deepEqual(shown(await secretsIn(elsewhere)), ["srv/settings.env:2 @0"]);
});

test("archives of a layer are read, whole or in pieces", async () => {
  const filler = { name: "filler", content: randomBytes(900_000), stored: true };
  const entry = { name: "application.properties", content: settings.content };
  const jars = [
    { name: "srv/app.jar", content: zipOf([entry]) },
    { name: "srv/large.jar", content: zipOf([filler, entry]) },
  ];
  assert.deepEqual(shown(await secretsIn(imageOf(jars))), [
    "srv/app.jar!application.properties:2 @0",
    "srv/large.jar!application.properties:2 @0",
  ]);
});

test("a file that comes in many pieces has its lines right", async () => {
  assert.deepEqual(shown(await secretsIn(imageOf([settings, large]))), ["srv/settings.env:2 @0", "srv/large:60001 @0"]);
});

test("environment, labels, commands, history and build arguments are looked through; an ENV is told once", async () => {
  const other = sampleCode.replace("a8Z0", "b8Z0");
  const third = sampleCode.replace("a8Z0", "c8Z0");
  const image = fixtureImage([{ tar: tarOf([{ name: "a", content: "x" }]) }], {
    config: {
      config: { Env: ["PATH=/bin", `CODE=${sampleCode}`], Labels: { note: other }, Cmd: ["run"] },
      history: [
        { created_by: `ENV CODE=${sampleCode}`, empty_layer: true },
        { created_by: `RUN |2 CODE=${third} USER=me /bin/sh -c make` },
      ],
    },
  });
  assert.deepEqual(
    (await secretsIn(image)).map(({ path, line }) => [path, line]),
    [
      ["config.Env[1]", undefined],
      ["config.Labels.note", undefined],
      ["history[1]", undefined],
    ],
  );
});

test("the layers that could be read are told with the gap of the one that could not", async () => {
  const image = imageOf([settings], [{ name: "b", content: "b" }]);
  const store = memoryStore(image);
  const opened = await openFixture(image, store);
  store.blobs.set(opened.layers[1]?.digest as Digest, Buffer.from("other bytes"));
  const { inventory, secrets } = await contentsOfImage(opened, context);
  assert.equal(inventory.state, "absent");
  assert.ok(secrets?.state === "present");
  assert.deepEqual(shown(secrets.facts.secrets), ["srv/settings.env:2 @0"]);
  assert.equal(secrets.gaps[0]?.code, "oci.digest-mismatch");
});

test("what is remembered is the same; other rules read the layers again", async () => {
  const cache = openScanCache(join(root, "scans.db"));
  assert.ok(cache !== undefined);
  const image = imageOf([settings], [{ name: "srv/.wh.settings.env", content: "" }]);
  const cold = await secretsIn(image, { cache });
  assert.equal(cold.length, 1);
  const store = memoryStore(image);
  const warm = await contentsOfImage(await openFixture(image, store), { ...context, cache });
  assert.ok(warm.secrets?.state === "present");
  assert.deepEqual(warm.secrets.facts.secrets, cold);
  assert.equal(store.opened.size, 0);

  const none = { scanner: createSecretScanner({ rules: [], fingerprint: createFingerprinter() }), key: "none" };
  assert.deepEqual(await secretsIn(image, { cache, secrets: none }), []);

  // A layer that another image brought: its secrets are remembered too.
  const other = imageOf([settings], [{ name: "c", content: "c" }]);
  assert.deepEqual(shown(await secretsIn(other, { cache })), ["srv/settings.env:2 @0"]);
  cache.close();
});

test("without a scanner nothing is said of secrets", async () => {
  const { secrets } = await contentsOfImage(await openFixture(imageOf([settings])), { now });
  assert.equal(secrets, undefined);
});

/** `bulkhead verify` and `trace` over a layout, without a registry: exit codes and what is told. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildWeek, hardenedImages } from "../../examples/shop/hardened/images.ts";
import { writeLayout } from "../../examples/shop/image.ts";
import { releaseKey } from "../../examples/shop/signers.ts";
import { inProcess } from "../in-process.ts";

/** An image of that week is judged as of then: an older one has a broken link of its own, as one of a release that has ended. */
const now = new Date("2026-11-27T12:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-verify-"));
const run = (...words: readonly string[]) => inProcess([...words, "--quiet"], { cwd: folder, home: folder });

before(() => {
  const [image] = hardenedImages(buildWeek(now, undefined));
  assert.ok(image !== undefined);
  writeLayout(image, join(folder, "web"));
  writeFileSync(join(folder, "release.pub"), releaseKey.publicKey);
  writeFileSync(join(folder, "policy.yaml"), "apiVersion: bulkhead/v1\n");
});
after(() => rmSync(folder, { recursive: true }));

test("what is not signed is not trusted, and where nobody is named it is unknown", async () => {
  const unsigned = await run("verify", "oci:web", "--key", "release.pub");
  assert.equal(unsigned.code, 1, unsigned.stderr);
  assert.match(unsigned.stdout, /^✗ not trusted: oci:web\n[\s\S]*tried {4}no signature was found\n/);
  const unnamed = await run("verify", "oci:web");
  assert.equal(unnamed.code, 3, unnamed.stderr);
  assert.match(unnamed.stdout, /^\? unknown: oci:web\n[\s\S]*\n {2}name who must have signed: --key FILE/);
});

test("options that say too little or contradict each other are refused", async () => {
  for (const [words, message] of [
    [["--key", "release.pub", "--policy", "policy.yaml"], /--policy: the options name signers already/],
    [["--key", "none.pub"], /none\.pub: .*no such file/],
    [["--ca", "release.pub"], /--ca: it names nobody who must have signed/],
    [["--key", "release.pub", "--format", "sarif"], /unknown format/],
  ] as const) {
    const { code, stderr } = await run("verify", "oci:web", ...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, message);
  }
});

test("trace ends with 1, names the first link that is broken, and tells what is not known", async () => {
  const words = ["trace", "oci:web", "--key", "release.pub", "--now", now.toISOString()];
  const { code, stdout } = await run(...words, "--format", "json");
  assert.equal(code, 1);
  const { links, firstBroken, unknown } = JSON.parse(stdout);
  const states = Object.fromEntries(links.map(({ name, state }: Record<string, string>) => [name, state]));
  assert.deepEqual(
    [states.signatures, states.base, states.secrets, states.runs],
    ["broken", "observed", "observed", "unknown"],
  );
  assert.match(`${firstBroken.link}: ${firstBroken.broken.reason}`, /^signatures: not signed; needed: release.pub$/);
  for (const name of ["push", "admission", "runs", "reach", "behavior", "loaded"]) assert.ok(unknown.includes(name));
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { KnownBase } from "../../engines/contents/base/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import { forgetBase, learnBases, openKnownBases, readKnownBases } from "./known-bases.ts";

const folder = mkdtempSync(join(tmpdir(), "known-bases-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function base(name: string, layer = name): KnownBase {
  return { name, chainId: sha256(Buffer.from(layer)), layers: 1, kind: "slim" };
}

test("bases are added, replaced and removed; a file that is not there is an empty list", () => {
  const path = join(folder, "made/below/bases.json");
  assert.deepEqual(readKnownBases(path), []);
  learnBases(path, [base("b"), base("a")]);
  learnBases(path, [{ ...base("a"), kind: "full" }, base("a", "newer")]);
  assert.deepEqual(
    readKnownBases(path)
      .map(({ name, kind }) => `${name} ${kind}`)
      .sort(),
    ["a full", "a slim", "b slim"],
  );
  assert.equal(openKnownBases(path).get(base("b").chainId)?.name, "b");
  assert.equal(forgetBase(path, "a"), 2);
  assert.equal(forgetBase(path, "a"), 0);
  assert.deepEqual(
    readKnownBases(path).map(({ name }) => name),
    ["b"],
  );
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a broken list is refused, and stays as it is", () => {
  const path = join(folder, "broken.json");
  writeFileSync(path, "{");
  assert.throws(() => readKnownBases(path), { code: "bases.document", place: path });
  assert.throws(() => learnBases(path, [base("a")]), { code: "bases.document" });
  assert.throws(() => readKnownBases(folder), { code: "bases.file" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { base64Hash, hexHash } from "./hashes.ts";

test("a hash in hexadecimal has exactly its algorithm's length", () => {
  const hex = "0123456789ABCDEF".repeat(4);
  assert.deepEqual(hexHash("sha256", hex), { hashes: { sha256: hex.toLowerCase() } });
  for (const text of [undefined, "", hex.slice(1), `${hex}0`, `${hex.slice(1)}g`, `${hex.slice(1)}\n`]) {
    assert.deepEqual(hexHash("sha256", text), {}, String(text));
  }
  assert.deepEqual(hexHash("sha512", hex), {});
});

test("a hash in base64 becomes hexadecimal", () => {
  const bytes = Buffer.alloc(64, 7);
  assert.deepEqual(base64Hash("sha512", bytes.toString("base64")), { hashes: { sha512: "07".repeat(64) } });
  for (const text of [
    undefined,
    "",
    "A===",
    bytes.subarray(1).toString("base64"),
    "A".repeat(1_000_000),
    "!".repeat(88),
  ]) {
    assert.deepEqual(base64Hash("sha512", text), {}, String(text).slice(0, 20));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { digestAlgorithm, digestHex, parseDigest, shortDigest } from "./digest.ts";

const sha256 = `sha256:${"0123456789abcdef".repeat(4)}`;
const sha512 = `sha512:${"0123456789abcdef".repeat(8)}`;

test("the two registered algorithms are digests, with their exact length", () => {
  assert.equal(parseDigest(sha256), sha256);
  assert.equal(parseDigest(sha512), sha512);
});

test("everything else is none", () => {
  const others = ["", "sha256:", sha256.slice(0, -1), `${sha256}0`, sha256.toUpperCase(), `${sha256}\n`, ` ${sha256}`];
  for (const text of [...others, sha256.replace("256", "512"), `md5:${"0".repeat(32)}`, 7, null, [sha256]]) {
    assert.equal(parseDigest(text), undefined, String(text));
  }
});

test("a digest is taken apart", () => {
  const digest = parseDigest(sha512);
  assert.ok(digest);
  assert.equal(digestAlgorithm(digest), "sha512");
  assert.equal(digestHex(digest), sha512.slice(7));
  assert.equal(shortDigest(sha256), "sha256:0123456789ab");
  assert.equal(shortDigest("0123456789abcdef"), "0123456789ab");
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { chainIds } from "./chain.ts";

function digest(text: string): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`) as Digest;
}

test("the lowest chain id is the diffID, each next the digest of the one below, a blank and the diffID", () => {
  const [a, b, c] = [digest("a"), digest("b"), digest("c")];
  const second = digest(`${a} ${b}`);
  assert.deepEqual(chainIds([a, b, c]), [a, second, digest(`${second} ${c}`)]);
  assert.deepEqual(chainIds([]), []);
});

test("the same layers in another order are another chain", () => {
  const [a, b] = [digest("a"), digest("b")];
  assert.notEqual(chainIds([a, b])[1], chainIds([b, a])[1]);
});

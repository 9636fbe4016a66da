import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCidr, union } from "../../engines/reachability/addresses.ts";
import { cidrsOf } from "./cidrs.ts";

test("blocks of a range are exactly it, and one block is itself", () => {
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/48", "192.0.2.7/32"]) {
    const range = parseCidr(text);
    assert.deepEqual(range === undefined ? [] : cidrsOf(range), [text]);
  }
  fc.assert(
    fc.property(fc.nat(0xffff), fc.nat(0xffff), (a, b) => {
      const range = { family: 4 as const, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) };
      const blocks = cidrsOf(range).flatMap((text) => parseCidr(text) ?? []);
      assert.deepEqual(union(blocks), [range]);
      assert.ok(blocks.length <= 32);
    }),
  );
});

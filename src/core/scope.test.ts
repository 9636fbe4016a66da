import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatScope, packagesScope } from "./scope.ts";

test("an ecosystem ends at the first colon", () => {
  assert.deepEqual(packagesScope("npm"), { kind: "packages", ecosystem: "npm" });
  assert.deepEqual(packagesScope("Ubuntu:Pro:18.04:LTS"), {
    kind: "packages",
    ecosystem: "Ubuntu",
    release: "Pro:18.04:LTS",
  });
});

test("what is read is written as it was", () => {
  fc.assert(fc.property(fc.string(), (written) => assert.equal(formatScope(packagesScope(written)), written)));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import v8 from "node:v8";
import { inlineLess, interpretExpressions } from "./compiler.ts";
import { keepHeapNearWhatLives } from "./heap.ts";
import { restoreFlags, setFlag } from "./v8-flags.ts";

test("once they are restored, V8 takes what was compiled under the flags of the start", () => {
  const start = v8.cachedDataVersionTag();
  keepHeapNearWhatLives(40);
  assert.notEqual(v8.cachedDataVersionTag(), start);
  inlineLess();
  interpretExpressions();
  setFlag("min-semi-space-size", 8);
  restoreFlags();
  assert.equal(v8.cachedDataVersionTag(), start);
});

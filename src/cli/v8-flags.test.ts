import assert from "node:assert/strict";
import { test } from "node:test";
import v8 from "node:v8";
import { inlineLess, interpretExpressions, optimizeLate } from "./compiler.ts";
import { keepHeapNearWhatLives } from "./heap.ts";
import { restoreFlags, setFlag } from "./v8-flags.ts";

test("once they are restored, V8 takes what was compiled under the flags of the start", () => {
  const start = v8.cachedDataVersionTag();
  keepHeapNearWhatLives(40);
  assert.notEqual(v8.cachedDataVersionTag(), start);
  inlineLess();
  interpretExpressions();
  optimizeLate();
  setFlag("min-semi-space-size", 8);
  restoreFlags();
  assert.equal(v8.cachedDataVersionTag(), start);
});

test("TurboFan is left out until much was done, and once only", () => {
  const start = v8.cachedDataVersionTag();
  let used = 0;
  const tell = optimizeLate(() => used);
  tell();
  const without = v8.cachedDataVersionTag();
  assert.notEqual(without, start);
  used = 60e6;
  tell();
  assert.equal(v8.cachedDataVersionTag(), start);
  setFlag("turbofan", false);
  tell();
  assert.equal(v8.cachedDataVersionTag(), without);
  restoreFlags();
});

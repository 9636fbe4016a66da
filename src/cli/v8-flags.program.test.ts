import assert from "node:assert/strict";
import { test } from "node:test";
import v8 from "node:v8";
import { inlineLess, interpretExpressions, optimizeLate, optimizeSeldom } from "./compiler.ts";
import { keepHeapNearWhatLives } from "./heap.ts";
import { clearFlag, holdInitialFlags, restoreFlags, setFlag, underInitialFlags } from "./v8-flags.ts";

test("once they are restored, V8 takes what was compiled under the flags of the start", () => {
  const start = v8.cachedDataVersionTag();
  keepHeapNearWhatLives(40);
  assert.notEqual(v8.cachedDataVersionTag(), start);
  inlineLess();
  interpretExpressions();
  optimizeLate();
  optimizeSeldom(
    () => 0,
    () => {},
  );
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

test("what is called seldom is optimized as V8 does it, once a run has taken a second of the processor", () => {
  const start = v8.cachedDataVersionTag();
  let used = 400e3;
  const waits: number[] = [];
  let look = () => {};
  optimizeSeldom(
    () => used,
    (call, milliseconds) => {
      waits.push(milliseconds);
      look = call;
    },
  );
  assert.notEqual(v8.cachedDataVersionTag(), start);
  used = 700e3;
  look();
  assert.notEqual(v8.cachedDataVersionTag(), start);
  used = 1e6;
  look();
  assert.equal(v8.cachedDataVersionTag(), start);
  assert.deepEqual(waits, [600, 300]);
});

test("a module of Node's is loaded under the flags of the start, and the others hold again after it", () => {
  const start = v8.cachedDataVersionTag();
  setFlag("semi-space-growth-factor", 1);
  const set = v8.cachedDataVersionTag();
  const seen: [string, number][] = [];
  const flags = new Map([["semi-space-growth-factor", 1]]);
  const load = underInitialFlags(
    ((name: string) => {
      seen.push([name, v8.cachedDataVersionTag()]);
      if (name === "node:none") throw new Error("none");
    }) as typeof process.getBuiltinModule,
    flags,
  );
  load("node:url");
  assert.equal(v8.cachedDataVersionTag(), set);
  assert.throws(() => load("node:none"), /none/);
  assert.equal(v8.cachedDataVersionTag(), set);
  // It is there by now.
  load("node:url");
  assert.deepEqual(seen, [
    ["node:url", start],
    ["node:none", start],
    ["node:url", set],
  ]);
  restoreFlags();
});

test("the flags of the start hold until the last thread has loaded, and then those that were set meanwhile", () => {
  const start = v8.cachedDataVersionTag();
  setFlag("semi-space-growth-factor", 1);
  const one = v8.cachedDataVersionTag();
  setFlag("turbofan", false);
  const both = v8.cachedDataVersionTag();
  clearFlag("semi-space-growth-factor");
  const other = v8.cachedDataVersionTag();
  const ends = [holdInitialFlags(), holdInitialFlags()];
  assert.equal(v8.cachedDataVersionTag(), start);
  setFlag("semi-space-growth-factor", 1);
  // A module of Node's that is loaded now leaves them as they are.
  process.getBuiltinModule("node:dgram");
  assert.equal(v8.cachedDataVersionTag(), start);
  for (const end of ends) {
    assert.equal(v8.cachedDataVersionTag(), start);
    end();
  }
  assert.equal(v8.cachedDataVersionTag(), both);
  ends[0]?.();
  const end = holdInitialFlags();
  clearFlag("turbofan");
  end();
  assert.equal(v8.cachedDataVersionTag(), one);
  assert.notEqual(other, one);
  v8.setFlagsFromString("--no-flush-bytecode");
  const keeping = v8.cachedDataVersionTag();
  const third = holdInitialFlags();
  assert.equal(v8.cachedDataVersionTag(), start);
  third();
  assert.equal(v8.cachedDataVersionTag(), keeping);
  v8.setFlagsFromString("--flush-bytecode");
  const last = holdInitialFlags();
  restoreFlags();
  last();
  assert.equal(v8.cachedDataVersionTag(), start);
});

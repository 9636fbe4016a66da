import assert from "node:assert/strict";
import { test } from "node:test";
import { rememberRows } from "./remembered.ts";

test("a row keeps what was written to it while its text is asked for, and is zeros after it was dropped", () => {
  const rows = rememberRows(3, 8, 1_000_000);
  const write = (text: string, value: number) => {
    const at = rows.row(text);
    rows.bytes[at + 2] = value;
  };
  const read = (text: string) => {
    const at = rows.row(text);
    return rows.bytes[at + 2];
  };
  write("kept", 7);
  for (let i = 0; i < 100; i++) {
    write(`text ${i}`, (i % 200) + 1);
    assert.equal(read(`text ${i}`), (i % 200) + 1);
    assert.equal(read("kept"), 7);
  }
  assert.equal(read("text 1"), 0);
  assert.ok(rows.bytes.length <= 9 * 3);
});

test("rows survive the growth of their store, up to its bound", () => {
  const rows = rememberRows(2, 4_096, 1_000_000);
  for (let i = 0; i < 2_000; i++) {
    // The store can be another one after each call.
    const at = rows.row(`text ${i}`);
    rows.bytes[at] = (i % 250) + 1;
  }
  let kept = 0;
  for (let i = 0; i < 2_000; i++) {
    const at = rows.row(`text ${i}`);
    const found = rows.bytes[at];
    assert.ok(found === 0 || found === (i % 250) + 1, String(i));
    if (found !== 0) kept++;
  }
  assert.equal(kept, 2_000);
  assert.ok(rows.bytes.length <= 2 * 4_097);
});

test("no row has what was found of another text", () => {
  const rows = rememberRows(1, 64, 1_000_000);
  let state = 1;
  const value = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const text = `text ${(state >>> 8) % 200}`;
    const at = rows.row(text);
    const found = rows.bytes[at] ?? 0;
    const expected = value.get(text) ?? (state % 250) + 1;
    assert.ok(found === 0 || found === expected);
    value.set(text, expected);
    rows.bytes[at] = expected;
  }
});

test("bytes of the texts are bounded too: of many long ones the first are forgotten, of one that is too long nothing is kept", () => {
  const rows = rememberRows(1, 4_096, 100_000);
  const seen = (text: string) => {
    const at = rows.row(text);
    const found = rows.bytes[at] ?? 0;
    rows.bytes[at] = 7;
    return found;
  };
  const long = (i: number) => `${i}`.padEnd(900, "x");
  for (let i = 0; i < 1_000; i++) {
    assert.equal(seen(long(i)), 0);
    assert.equal(seen(long(i)), 7);
    assert.equal(seen("x".repeat(1_001)), 0);
  }
  // Half of the bytes in each generation, at most.
  let kept = 0;
  for (let i = 0; i < 1_000; i++) {
    const at = rows.row(long(999 - i));
    if ((rows.bytes[at] ?? 0) === 0) break;
    kept++;
  }
  assert.ok(kept >= 50 && kept <= 112, String(kept));
});

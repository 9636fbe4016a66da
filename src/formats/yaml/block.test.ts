import assert from "node:assert/strict";
import { test } from "node:test";
import { composeDocument } from "./block.ts";
import type { Composer } from "./composer.ts";

type Value = string | [string, Value][] | Value[];

/** A value with its place behind it, and all that was told on the way. */
function read(text: string, limits: { readonly depth?: number; readonly values?: number } = {}) {
  const told: string[] = [];
  const place = (what: string, start: number, end: number) => `${what} ${start}-${end}`;
  const composer: Composer<Value, [string, Value][], Value[]> = {
    depth: 10,
    values: 100,
    ...limits,
    key: (key) => key.toUpperCase(),
    explicitKey: (offset) => told.push(`explicit ${offset}`),
    doubt: (offset) => told.push(`doubt ${offset}`),
    refuse(offset, cause) {
      throw new Error(`${cause} at ${offset}`);
    },
    plain: (plain, start, end) => place(plain, start, end),
    text: (value, start, end) => place(JSON.stringify(value), start, end),
    nothing: (offset) => place("", offset, offset),
    map: () => [],
    put: (map, key, start, end, value) => map.push([place(key, start, end), value]),
    sequence: () => [],
    push: (items, item) => items.push(item),
    close: (_, end) => told.push(`end ${end}`),
  };
  return { value: composeDocument(text, 0, text.length, composer), told };
}

test("hands over scalars and keys with their places, and what only some readers take so", () => {
  assert.deepEqual(read("a: b # c\n'd' :\n- e\n-\n? f\n: \"g\"\n"), {
    value: [
      ["A 0-1", "b 3-4"],
      ["d 9-12", ["e 17-18", " 20-20"]],
      ["F 23-24", '"g" 27-30'],
    ],
    told: ["end 20", "explicit 21", "end 30"],
  });
  assert.deepEqual(read("a:\tb\n"), { value: [["A 0-1", "b 3-4"]], told: ["doubt 2", "end 4"] });
  assert.deepEqual(read("# nothing\n\n"), { value: undefined, told: [] });
});

test("depth and number of values are bounded, in lines and in braces", () => {
  for (const text of [
    "a:\n  b:\n    c: d\n",
    "- - - a\n",
    "[[[a]]]\n",
    "{a: {b: {c: d}}}\n",
    "? a\n: ? b\n  : ? c\n    : d\n",
  ]) {
    read(text, { depth: 4 });
    assert.throws(() => read(text, { depth: 2 }), /nested more than 2 deep/, text);
  }
  for (const text of [
    "a: 1\nb: 2\nc: 3\n",
    "- a\n- b\n- c\n",
    "[a, b, c]\n",
    "{a: 1, b: 2, c: 3}\n",
    "? a\n? b\n? c\n",
  ]) {
    read(text, { values: 4 });
    assert.throws(() => read(text, { values: 3 }), /more than 3 values/, text);
  }
});

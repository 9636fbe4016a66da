import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type JsonPlace, jsonPlaces } from "./places.ts";

const everything = () => "places" as const;
const lineOf = (text: string, place: JsonPlace | undefined) => text.slice(0, place?.offset).split("\n").length;

/** The same form as JSON's parser gives: names and how many items. */
function shape(place: JsonPlace): unknown {
  if (place.members === undefined) return 0;
  return Object.fromEntries([...place.members].map(([name, below]) => [`:${name}`, shape(below)]));
}

function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return 0;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [`:${name}`, shapeOf(below)]));
}

describe("places in JSON", () => {
  test("members and items by their lines", () => {
    const text = '{\n  "a": {\n    "b": [1,\n      {"c": null}],\n    "d": "}"\n  },\n  "e": 2\n}';
    const { root, repeated } = jsonPlaces(text, everything);
    assert.deepEqual(shape(root), shapeOf(JSON.parse(text)));
    const a = root.members?.get("a");
    assert.equal(lineOf(text, a), 2);
    assert.equal(lineOf(text, a?.members?.get("b")?.members?.get("1")), 4);
    assert.equal(lineOf(text, a?.members?.get("d")), 5);
    assert.equal(lineOf(text, root.members?.get("e")), 7);
    assert.deepEqual(repeated, []);
  });

  test("what was not asked for has no members", () => {
    const { root } = jsonPlaces('{"a":{"b":{"c":[{}]}},"d":{}}', (path) => (path.length === 0 ? "places" : "nothing"));
    assert.deepEqual(
      [...(root.members ?? [])].map(([name, { members }]) => [name, members]),
      [
        ["a", undefined],
        ["d", undefined],
      ],
    );
  });

  test("a name that stands twice", () => {
    const { repeated, root } = jsonPlaces('{\n"a":1,\n"b":{"a":1},\n"\\u0061":2}', everything);
    assert.deepEqual(repeated, [{ name: "a", offset: 22 }]);
    assert.equal(root.members?.get("a")?.offset, 22);
    const names = jsonPlaces('{"a":{"b":1,"c":{"b":1,"b":2},"b":2}}', ({ length }) =>
      length === 0 ? "places" : "names",
    );
    assert.deepEqual(
      names.repeated.map(({ name, offset }) => [name, offset]),
      [["b", 30]],
    );
    assert.equal(names.root.members?.get("a")?.members, undefined);
  });

  test("whatever JSON writes has the same members", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const { root, repeated } = jsonPlaces(text, everything);
        assert.deepEqual(shape(root), shapeOf(JSON.parse(text)));
        assert.deepEqual(repeated, []);
      }),
    );
  });

  test("no text hangs or throws, however deep", () => {
    jsonPlaces("[".repeat(100_000), everything);
    jsonPlaces(`${'{"a":'.repeat(100_000)}1`, everything);
    jsonPlaces(`"${"\\".repeat(100_000)}`, everything);
    fc.assert(fc.property(fc.string(), (text) => void jsonPlaces(text, everything)));
  });
});

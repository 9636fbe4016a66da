import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { createDocumentReader, type DocumentLimits } from "./documents.ts";

const limits: DocumentLimits = { bytes: 1_000, depth: 10, values: 100 };

function read(text: string | Buffer, chunk = 7, use = limits) {
  const documents: unknown[] = [];
  const places: string[] = [];
  const broken: string[] = [];
  const reader = createDocumentReader(
    "a",
    {
      document(value, place) {
        documents.push(value);
        places.push(place);
      },
      broken: (reason, place) => broken.push(`${place}: ${reason}`),
    },
    use,
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end();
  return { documents, places, broken };
}

describe("JSON documents", () => {
  test("are read a line each", () => {
    const { documents, places, broken } = read('\n{"a":1}\r\n\n{"b":"}\\""}\n{"c":[1,2]}');
    assert.deepEqual(documents, [{ a: 1 }, { b: '}"' }, { c: [1, 2] }]);
    assert.deepEqual(places, ["a:2", "a:4", "a:5"]);
    assert.deepEqual(broken, []);
  });

  test("are read from many lines each, one behind the other", () => {
    const { documents, places } = read('{\n "a": {\n "b": [1]\n}\n}\n{\n"c": "\\"{"\n}\n');
    assert.deepEqual(documents, [{ a: { b: [1] } }, { c: '"{' }]);
    assert.deepEqual(places, ["a:1", "a:6"]);
  });

  test("are read from a list, a list a line, and a list over many lines", () => {
    const all = [{ a: 1 }, { b: 2 }, { c: 3 }];
    assert.deepEqual(read('[{"a":1},{"b":2}]\n[{"c":3}]\n').documents, all);
    assert.deepEqual(read('{"a":1}\n[{"b":2},{"c":3}]\n').documents, all);
    const { documents, places } = read('[\n  {\n "a": 1 },\n  {"b": 2}\n  ,{"c": 3}\n]\n');
    assert.deepEqual(documents, all);
    assert.deepEqual(places, ["a:2", "a:4", "a:5"]);
  });

  test("of a list are read by themselves, however long the list is", () => {
    const list = Array.from({ length: 300 }, (_, number) => ({ number }));
    assert.deepEqual(read(JSON.stringify(list)).documents, list);
    assert.deepEqual(read(JSON.stringify(list, undefined, 1)).documents, list);
  });

  test("cost themselves alone where they cannot be read", () => {
    const long = `{"a":"${"x".repeat(2_000)}"}`;
    const deep = `${"[".repeat(12)}${"]".repeat(12)}`;
    const many = `{"a":[${"1,".repeat(200)}1]}`;
    const { documents, broken } = read(`{"a":1}\n${long}\n{"b":\n{"a":${deep}}\n${many}\n{"c":3}\n{"cut":"`);
    assert.deepEqual(documents, [{ a: 1 }, { c: 3 }]);
    assert.deepEqual(broken, [
      "a:2: longer than 1000 bytes",
      "a:3: not JSON",
      "a:4: nested deeper than 10 levels",
      "a:5: more than 100 values",
      "a:7: not JSON",
    ]);
    assert.deepEqual(read(`[{"a":1},${long},{"b":2}]`), {
      documents: [{ a: 1 }, { b: 2 }],
      places: ["a:1", "a:1"],
      broken: ["a:1: longer than 1000 bytes"],
    });
    assert.deepEqual(read(long).broken, ["a:1: longer than 1000 bytes"]);
  });

  test("may begin with a mark of the byte order, and be none", () => {
    assert.deepEqual(read(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"a":1}')])).documents, [
      { a: 1 },
    ]);
    for (const text of ["", " \n\n ", "[]", "[ ]\n[]"]) {
      assert.deepEqual(read(text), { documents: [], places: [], broken: [] }, JSON.stringify(text));
    }
  });

  test("come out as they went in, whatever they hold and wherever the bytes are cut", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    const use = { bytes: 1_000_000, depth: 200, values: 100_000 };
    const property = fc.property(
      fc.array(object, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (objects, chunk) => {
        const written = objects.map((each) => JSON.parse(JSON.stringify(each)) as unknown);
        const compact = written.map((each) => JSON.stringify(each));
        // The first line tells how they are cut: an empty object is whole on its own.
        const pretty = written.map((each) =>
          Object.keys(each as object).length === 0 ? "{\n}" : JSON.stringify(each, undefined, 2),
        );
        for (const text of [
          compact.join("\n"),
          pretty.join("\n"),
          JSON.stringify(written),
          JSON.stringify(written, undefined, 1),
        ]) {
          const { documents, broken } = read(text, chunk, use);
          assert.deepEqual(documents, written);
          assert.deepEqual(broken, []);
        }
      },
    );
    fc.assert(property, runs(200));
  });

  test("never throw, whatever the bytes are", () => {
    const seed = Buffer.from('{"a":[1,{"b":"c\\"d"}]}\n[{"e":null},\n{"f":1.5}]');
    const property = fc.property(
      fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.integer({ min: 1, max: 60 }),
      (changes, chunk) => {
        const bytes = Buffer.from(seed);
        for (const [at, byte] of changes) bytes[at] = byte;
        const { documents, places } = read(bytes, chunk);
        assert.equal(documents.length, places.length);
      },
    );
    fc.assert(property, runs(500));
  });
});

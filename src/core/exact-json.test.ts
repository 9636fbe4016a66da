import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseExactJson } from "./exact-json.ts";

const parse = (text: string) => parseExactJson(Buffer.from(text));

test("a key that one object has twice makes two documents of one, wherever it stands and however it is written", () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"b":{"x":[{"a":1,"a":1}]}}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":{}}',
    '{"a:":":","a:":1}',
  ]) {
    const found = parse(text);
    assert.ok("fault" in found && found.ambiguous && found.fault.includes("twice"), text);
  }
  for (const text of ['{"a":{"a":{"a":1}},"A":[{"a":1},{"a":2}]}', '["a:a","a:a"]', '{"__proto__":{"a":":"}}', '":"']) {
    assert.ok("value" in parse(text), text);
  }
});

test("a key that is written with an escape hides nothing, whatever an object before it had", () => {
  const config = '{"Labels":{"Cmd":[],"\\\\u0":1},"config":{"Cmd":[],"\\u0045nv":["A=b"]}}';
  const found = parse(config);
  assert.deepEqual("value" in found && (found.value as { readonly config: unknown }).config, { Cmd: [], Env: ["A=b"] });
});

test("what is written once by a writer of JSON is never taken for twice, and a key put beside itself always is", () => {
  const object = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "a:b", '"')), fc.jsonValue(), {
    minKeys: 1,
  });
  fc.assert(
    fc.property(object, fc.jsonValue(), (value, more) => {
      const text = JSON.stringify(value);
      assert.ok("value" in parse(text));
      const [key = ""] = Object.keys(value);
      const twice = `${text.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(more)}}`;
      const found = parse(twice);
      assert.ok("fault" in found && found.ambiguous);
    }),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { rawOf } from "../../engines/kubernetes/model.ts";
import { type Plain, writeYaml } from "./write.ts";

test("comments stand above their values, in one line whatever they hold", () => {
  const rule: Plain = { ports: [{ port: 1 }] };
  const text = writeYaml({ spec: { ingress: [rule], types: ["Ingress"] } }, new Map([[rule, ["a\nb: c", "d"]]]));
  assert.equal(
    text,
    `spec:
  ingress:
    # a b: c
    # d
    - ports:
        - port: 1
  types: [Ingress]
`,
  );
});

test("comments stand above a map or a list of a key, too, and texts of several lines are blocks", () => {
  const selector: Plain = { matchLabels: { a: "b" } };
  const data = { "policy.yaml": "a: 1\n\n  b: 2\n", other: "one\n", none: " a\nb\n" };
  assert.equal(
    writeYaml({ selector, data }, new Map([[selector, ["why"]]])),
    `# why
selector:
  matchLabels:
    a: b
data:
  policy.yaml: |
    a: 1

      b: 2
  other: "one\\n"
  none: " a\\nb\\n"
`,
  );
});

test("whatever is written is read as it was", () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom("a", "", "  b: 1", "# c", "- d", "\te", " "), { maxLength: 4 })
      .map((lines) => `${lines.join("\n")}\n`),
    fc.constantFrom("yes", "null", "1.0", "0x1", "a: b", "- a", "#", "", " a ", "2001-01-01", "~", "!x", "&a"),
  );
  const value = fc.letrec<{ value: Plain }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        text.filter((key) => key !== "__proto__" && key.length < 1_000),
        tie("value"),
        { maxKeys: 3, noNullPrototype: true },
      ),
    ) as fc.Arbitrary<Plain>,
  })).value;
  fc.assert(
    fc.property(value, (spec) => {
      const whole = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "a" }, spec };
      const [object] = readManifests([{ path: "a.yaml", text: writeYaml(whole) }]).objects;
      assert.ok(object);
      assert.deepEqual(rawOf(object).spec, spec);
    }),
  );
});

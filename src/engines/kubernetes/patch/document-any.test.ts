import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import type { FieldPatch } from "../../../core/finding.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { readDocument } from "../../../formats/yaml/documents.ts";
import { plainValue } from "../../../formats/yaml/value.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { POD } from "./document.fixture.ts";
import { patchDocument } from "./document.ts";
import { patchedValue } from "./value.ts";

const set = (path: FieldPatch["path"], value: unknown): FieldPatch => ({ path, op: "set", value });

const web = ["spec", "containers", 0];

const scalars = fc.oneof(
  fc.constantFrom("x", "yes", "0644", "a: b", "# c", "- d", "", "a\nb\n", "it's", '"', "  x", "null", "é\u0085\u2028"),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const KEYS = ["a", "b", "c", "d", "no", "x y"];
const keys = fc.constantFrom(...KEYS);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalars,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const documents = fc.dictionary(keys, values, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
const patches = fc.array(
  fc.record({
    path: fc.array(fc.oneof({ weight: 3, arbitrary: keys }, fc.nat(2)), { minLength: 1, maxLength: 4 }),
    op: fc.constantFrom("set" as const, "add" as const, "remove" as const),
    value: values,
  }),
  { minLength: 1, maxLength: 5 },
);

/** The patches that the values allow for, and what becomes of them. */
function modelOf(
  value: unknown,
  wanted: readonly FieldPatch[],
): { readonly fitting: FieldPatch[]; readonly value: unknown } {
  let current = value;
  const fitting = wanted.filter((patch) => {
    const made = patchedValue(current, patch);
    if ("refused" in made) return false;
    current = made.value;
    return true;
  });
  return { fitting, value: current };
}

const styles = fc.record({
  indent: fc.integer({ min: 1, max: 4 }),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 20, 80),
  defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL"),
  collectionStyle: fc.constantFrom("any", "block", "flow"),
});

describe("whatever the document", () => {
  test("what is made says what the patches make of the values, and most are made", () => {
    let made = 0;
    let all = 0;
    fc.assert(
      fc.property(documents, patches, styles, fc.constantFrom("\n", "\r\n"), (document, wanted, style, newline) => {
        const text = stringify(document, { aliasDuplicateObjects: false, ...style } as object).replaceAll(
          "\n",
          newline,
        );
        if (plainOf(text) === undefined) return;
        all++;
        if (check(text, wanted)) made++;
      }),
      runs(2_000),
    );
    assert.ok(made > all * 0.98, `${made} of ${all}`);
  });

  test("as JSON it is made always, and is JSON", () => {
    fc.assert(
      fc.property(documents, patches, fc.constantFrom(undefined, "  ", "\t"), (document, wanted, indent) => {
        const text = JSON.stringify(document, undefined, indent);
        const { fitting, value } = modelOf(document, wanted);
        const result = patchDocument(text, fitting);
        assert.ok("text" in result, JSON.stringify([result, text]));
        assert.deepEqual(JSON.parse(result.text), value);
      }),
      runs(1_000),
    );
  });

  test("comments and untouched lines stay", () => {
    fc.assert(
      fc.property(documents, keys, scalars, styles, (document, key, value, style) => {
        const lines = stringify(document, {
          aliasDuplicateObjects: false,
          ...style,
          collectionStyle: "block",
        } as object);
        const text = `# before\n${lines}# behind\n`;
        const result = patchDocument(text, [set(["new", key], value)]);
        if ("refused" in result) return;
        const kept = result.text.split("\n");
        let at = 0;
        for (const line of text.split("\n")) {
          at = kept.indexOf(line, at) + 1;
          assert.ok(at > 0, `${JSON.stringify(line)} is gone from ${result.text}`);
        }
      }),
      runs(500),
    );
  });

  test("broken ones crash nothing", () => {
    fc.assert(
      fc.property(
        mutatedBytes(Buffer.from(POD)),
        patches,
        (bytes, wanted) => void check(bytes.toString("utf8"), [...wanted, set([...web, "x", "y"], 1)]),
      ),
      runs(1_000),
    );
  });
});

/** @returns whether the patches were made */
function check(text: string, wanted: readonly FieldPatch[]): boolean {
  const before = plainOf(text);
  const { fitting, value } = modelOf(before, wanted);
  const result = patchDocument(text, fitting);
  if ("refused" in result) return false;
  assert.deepEqual(plainOf(result.text), value, JSON.stringify(text));
  return true;
}

function plainOf(text: string): unknown {
  const { node } = readDocument(text, { start: 0, end: text.length });
  return node === null || node === undefined ? undefined : plainValue(node, []);
}

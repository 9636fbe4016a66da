import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { type Key, type PolicyDocument, readByLibrary, readSimply } from "./document.ts";

const WHOLE = `# our policy
apiVersion: bulkhead/v1
thresholds:
  vulnerabilities: { severity: high, "fixableOnly": false }
advisories:
  maxAgeDays: 14   # two weeks
exceptions:
- id: CVE-2021-44906
  reason: "a: \\"b\\""
  expires: 2025-12-31
-   ids: [CVE-2020-7598, 'it''s']
    reason: not
      reachable
numbers: [1, -0, 0x1F, 0o17, 1.50, .5, 5., 1e3, +7, -.inf, .nan, true, False]
`;

/** Every value and key with where it stands. */
function shown({ value, at, keyAt }: PolicyDocument) {
  const all: unknown[] = [];
  const walk = (inner: unknown, path: readonly Key[]): void => {
    all.push([path, at(path), keyAt(path), typeof inner === "object" ? undefined : inner]);
    if (Array.isArray(inner)) for (const [index, item] of inner.entries()) walk(item, [...path, index]);
    else if (typeof inner === "object" && inner !== null) {
      for (const [key, item] of Object.entries(inner)) walk(item, [...path, key]);
    }
  };
  walk(value, []);
  return all;
}

/** @returns whether the fast reader answered */
function hold(text: string): boolean {
  const fast = readSimply(text);
  if (fast === undefined) return false;
  const slow = readByLibrary(text, "f");
  assert.ok(!("problems" in slow), JSON.stringify([text, slow]));
  assert.deepEqual(fast.value, slow.value);
  assert.deepEqual(shown(fast), shown(slow));
  return true;
}

test("an ordinary policy is read without the library, as it reads it", () => {
  for (const text of [
    WHOLE,
    WHOLE.replaceAll("\n", "\r\n"),
    "a: 1",
    '{"apiVersion": "bulkhead/v1",\n "a": [{"b": 2}]}\n',
  ]) {
    assert.ok(hold(text), text);
  }
});

test("what is of another form or wrong is left to the library", () => {
  for (const text of [
    "",
    "# nothing\n",
    "- a\n",
    "a: &x 1\n",
    "a: !!str 1\n",
    "a: |\n  b\n",
    "a:\n",
    "a: ~\n",
    "a: 1\na: 2\n",
    "1: a\n",
    "? a\n: b\n",
    "---\na: 1\n",
    "a: 1\n---\nb: 2\n",
    "a: [1\n",
    `a: ${"[".repeat(20)}${"]".repeat(20)}\n`,
  ]) {
    assert.equal(hold(text), false, text);
  }
});

test("changed anywhere, it is read as the library reads it or left to it", () => {
  const inserted = fc.oneof(
    fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      "- ",
      "? ",
      ": ",
      ":",
      "#",
      " #",
      ",",
      '"',
      "'",
      "\\",
      "\t",
      "\n",
      "\n  ",
      "%",
      "@",
    ),
    fc.constantFrom(
      "---",
      "...",
      "\r",
      "\ufeff",
      "\u2028",
      "\x85",
      "\x00",
      "<<: ",
      "|",
      ">",
      "&a ",
      "*a",
      "!",
      "=",
      "  ",
    ),
  );
  let answered = 0;
  fc.assert(
    fc.property(fc.nat(WHOLE.length), fc.nat(8), fc.array(inserted, { maxLength: 2 }), (at, removed, texts) => {
      if (hold(WHOLE.slice(0, at) + texts.join("") + WHOLE.slice(at + removed))) answered++;
    }),
    runs(300),
  );
  assert.ok(answered > 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "./code-point.fixture.ts";
import { compileGlob } from "./glob.ts";
import { runs } from "./runs.fixture.ts";

const cases: readonly [pattern: string, matching: readonly string[], other: readonly string[]][] = [
  ["", [""], ["a", "/"]],
  ["usr/bin/curl", ["usr/bin/curl"], ["usr/bin/curl2", "usr/bin", "/usr/bin/curl", "USR/bin/curl"]],
  ["*", ["", "a", "a.b"], ["a/b", "/"]],
  ["app/*/package.json", ["app/x/package.json", "app//package.json"], ["app/x/y/package.json", "app/package.json"]],
  ["a*c", ["ac", "abc", "abbc"], ["a/c", "ab", "abcd"]],
  ["**", ["", "a", "a/b/c"], []],
  ["a/**", ["a/", "a/b", "a/b/c"], ["a", "b/a/c"]],
  ["**/b", ["b", "a/b", "x/a/b"], ["ab", "a/xb", "b/a"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/x/yb"]],
  ["a**/b", ["a/b", "ax/b", "a/x/b"], ["ab", "b"]],
  ["**/**/b", ["b", "a/b", "a/x/b"], ["xb"]],
  ["**a/**/b", ["xa/b", "xa/ya/b", "xa/ya/z/b"], ["xa/yb"]],
  ["?", ["a", "ä", "😀"], ["", "/", "ab"]],
  ["a?c", ["abc", "a?c", "a*c"], ["ac", "a/c"]],
  ["a.c", ["a.c"], ["abc"]],
  ["[ab]", ["[ab]"], ["a"]],
];

for (const [pattern, matching, other] of cases) {
  test(`the pattern ${JSON.stringify(pattern)}`, () => {
    const matches = compileGlob(pattern);
    for (const text of matching) assert.ok(matches(text), `should match ${JSON.stringify(text)}`);
    for (const text of other) assert.ok(!matches(text), `should not match ${JSON.stringify(text)}`);
  });
}

/** The same rules as a regular expression: fit for a test's short texts, not for hostile ones. */
function asRegExp(pattern: string): RegExp {
  const parts = pattern.match(/(?<=^|\/)(?:\*\*\/)+|\*\*|\*|\?|[^*?]/gu) ?? [];
  const source = parts.map((part) => {
    if (part.startsWith("**/")) return "(?:[^]*/)?";
    if (part === "**") return "[^]*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[\\^$.|+()[\]{}]/, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

test("agrees with the same rules as a regular expression", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 10 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "**", "**/", "?"), maxLength: 7 });
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      assert.equal(compileGlob(p)(t), asRegExp(p).test(t), `${p} on ${t}`);
    }),
    runs(3_000),
  );
});

test("a pattern without wildcards names exactly itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), fc.string({ unit: codePoint }), (a, b) => {
      fc.pre(!/[*?]/.test(a));
      assert.ok(compileGlob(a)(a));
      assert.equal(compileGlob(a)(b), a === b);
    }),
  );
});

test("a pattern made to backtrack ends", () => {
  const matches = compileGlob("**a*".repeat(100));
  assert.ok(!matches(`${"b".repeat(4_000)}/`));
  assert.ok(matches("ab".repeat(1_000)));
  assert.ok(!matches("ab".repeat(99)));
});

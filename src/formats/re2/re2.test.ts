import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { runs } from "../../core/runs.fixture.ts";
import { compileRe2, translate } from "./re2.ts";

test("expressions as rules have them run in V8", () => {
  for (const source of [
    String.raw`(?i)(?:adobe)(?:[0-9a-z\-_\t .]{0,20})(?:[\s|']|[\s|"]){0,3}(?:=|>|:{1,3}|=>){1}([a-f0-9]{32})(?:['|\"|\n|\r|\s|\x60|;]|$)`,
    String.raw`\b(ghp_[A-Za-z0-9]{36})\b`,
    "(?P<secret>xox[bp]-[0-9]{10,13}-[0-9A-Za-z-]*)",
    "-----BEGIN[ A-Z]{0,40}-----[^-]+-----END",
  ]) {
    assert.equal(compileRe2(source).by, "v8", source);
  }
});

test("what V8 could be slow at, or reads otherwise, is left to re2js", () => {
  for (const source of [
    "(a+)+b",
    "(a|aa){0,40}b",
    "(?:a|b|ab)*c",
    ".*.*.*x",
    "[[:alpha:]]{3}",
    "a(?i)b",
    "(?s)a.b",
    String.raw`\pL+`,
    String.raw`\z`,
  ]) {
    assert.equal(compileRe2(source).by, "re2js", source);
  }
});

test("what is none is refused", () => {
  for (const source of ["(", "a**", "(?=a)", String.raw`(a)\1`, "[", "a{2000}"])
    assert.throws(() => compileRe2(source), source);
});

const atom = fc.constantFrom(
  "a",
  "b",
  "B",
  ".",
  "[ab]",
  "[^a]",
  String.raw`\d`,
  String.raw`\w`,
  String.raw`\s`,
  String.raw`\S`,
  String.raw`\b`,
  "1",
  "-",
  "$",
  "[-_a]",
  String.raw`[\s'"]`,
);
const quantifier = fc.constantFrom("", "", "", "?", "*", "+", "{2}", "{1,3}", "*?", "{0,2}?");
const { expression } = fc.letrec<{ expression: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(atom, quantifier).map((parts) => parts.join("")) },
    fc
      .tuple(fc.constantFrom("(", "(?:", "(?i:"), tie("expression"), quantifier)
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
  expression: fc
    .tuple(
      fc.array(tie("piece"), { minLength: 1, maxLength: 4 }),
      fc.option(fc.array(tie("piece"), { minLength: 1, maxLength: 3 })),
    )
    .map(([first, second]) => first.join("") + (second === null ? "" : `|${second.join("")}`)),
}));

test("V8 finds what re2js finds", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "A", "B", "1", "-", "_", " ", "\n", "\r", "\v", "\xa0", "é", "'"),
    maxLength: 24,
  });
  fc.assert(
    fc.property(expression, fc.boolean(), text, fc.nat(5), (pattern, insensitive, subject, from) => {
      const source = (insensitive ? "(?i)" : "") + pattern;
      let linear: RE2JS;
      try {
        linear = RE2JS.compile(source);
      } catch {
        return;
      }
      if (translate(source) === undefined) return;
      const found = compileRe2(source).find(subject, Math.min(from, subject.length));
      const matcher = linear.matcher(subject);
      const expected = matcher.find(Math.min(from, subject.length))
        ? { index: matcher.start(0), text: matcher.group(0) }
        : undefined;
      assert.deepEqual(
        found === undefined ? undefined : { index: found.index, text: found.groups[0] },
        expected,
        source,
      );
    }),
    runs(500),
  );
});

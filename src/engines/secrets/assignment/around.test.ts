import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { byteAfter, byteBefore, FORMS_OF, isOperated, mayQuote } from "./around.ts";
import { MAY_QUOTE } from "./forms.ts";

const blanks = [" ", " ", "\t", "    ", "\n", "\r\n"];
const signs = [..."\"'`\\()[]{}<>|:=?.+-,;&/$%*#^\u00a0"];
const words = [
  ...["#define", "define", "ENV", "set", "secret", "config", "name", "key", "variable", "value", "default", "a", "As"],
  ...["or", "is", "get;", "%3D", "text", "</key>", "||", "??", "<-", "${", "<![CDATA["],
];
const texts = fc.array(fc.constantFrom(...blanks, ...signs, ...words), { maxLength: 7 }).map((each) => each.join(""));

/** What stands before and behind the name in each form: by chance few of them would ever fit. */
const written: [string, string][] = [
  ["?", "="],
  ["", "%3D"],
  ["${", ":-"],
  ["", ": string = "],
  ["", ' = "'],
  ['"', '" or '],
  ['("', '") { '],
  ["<", "><![CDATA["],
  ["<", ">"],
  ['name="', '" value='],
  ['name="', '">'],
  ["", "</key><string>"],
  ['name: "', '", value: '],
  ['variable "', '" { default = '],
  ["define('", "', "],
  ['get("', '", '],
  ["", " string = "],
  ["", "[] = "],
  ["", " { get; set; } = "],
  [".", "("],
  ["#define ", " "],
  ["ENV ", " "],
  ["{", ", "],
  ["\n", ","],
  ["| ", " | "],
  [":", ' "'],
  ["gh secret set ", " --body "],
  ["", " is "],
  ["", " 'a'"],
  ["", " a"],
];

test("no form that fits is refused by the bytes around a name", () => {
  const fitted = new Set<RegExp>();
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const bytes = Buffer.from(`${before}token${after}`, "latin1");
      const nameEnd = before.length + "token".length;
      for (const form of FORMS_OF[bytes[nameEnd] ?? 0] ?? []) {
        if (!form.between.test(after) || form.before?.test(before) === false) continue;
        fitted.add(form.between);
        assert.equal(form.behinds[byteBefore(bytes, before.length)], 1, `before ${form.between}`);
        // There it is the value that may begin so.
        if (form.ahead !== MAY_QUOTE) assert.equal(form.aheads[byteAfter(bytes, nameEnd)], 1, `behind ${form.between}`);
        if (form.isOperated) assert.ok(isOperated(bytes, nameEnd), `operator of ${form.between}`);
      }
    }),
    { ...runs(5_000), examples: written },
  );
  assert.ok(fitted.size >= written.length, String(fitted.size));
});

test("a value in quotes may begin with them, a call, a type or letters of a language", () => {
  for (const text of [
    '"a"',
    "'a'",
    "`a`",
    '\\"a',
    "String('a')",
    "(char*)",
    "[]byte(`a`)",
    "<string>",
    'b"a"',
    '@"a"',
    "%q(a)",
    "q{a}",
  ]) {
    assert.ok(mayQuote(Buffer.from(text), 0), text);
  }
  for (const text of ["", ")", "}", "1", "value", "*", " "]) assert.ok(!mayQuote(Buffer.from(text), 0), text);
});

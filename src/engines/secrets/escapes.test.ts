import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { ESCAPE_KEYWORDS, isEscape, unescaped } from "./escapes.ts";

/** The same as expressions. */
const ESCAPE = /\\(?:u00([2-7][0-9a-f])|u\{0{0,6}([2-7][0-9a-f])\}|U000000([2-7][0-9a-f])|x([2-7][0-9a-f])|\/)/gi;
const AT_START = new RegExp(`^${ESCAPE.source}`, "i");
const BEGINNINGS = ["\\u00", "\\u{", "\\U0000", "\\x", "\\/"];

const unit = fc.constantFrom(..."\\ \\ u U x X 0 0 00 000000 2 4 5c 22 27 7f F g { } / \x80".split(" "));
const text = fc.string({ unit, maxLength: 16 });
/** Escapes far from one another too. */
const long = fc.array(
  fc.oneof(
    text,
    fc.nat(60).map((length) => "a".repeat(length)),
  ),
  { maxLength: 6 },
);

test("a text reads as the expressions say", () => {
  fc.assert(
    fc.property(long, (parts) => {
      const of = parts.join("");
      const expected = of.replace(ESCAPE, (whole, ...codes: (string | undefined)[]) => {
        const code = codes.slice(0, 4).find((each) => each !== undefined);
        const character = code === undefined ? "/" : String.fromCharCode(Number.parseInt(code, 16));
        return /["'\\\u007f]/.test(character) ? whole : character;
      });
      assert.equal(unescaped(Buffer.from(of, "latin1")).toString("latin1"), expected);
    }),
    runs(400),
  );
});

test("an escape is what the expressions match and reads otherwise, and a keyword leads to each", () => {
  fc.assert(
    fc.property(fc.constantFrom(...BEGINNINGS, "\\"), text, (beginning, rest) => {
      const of = beginning + rest;
      const match = AT_START.exec(of);
      const isOther = match !== null && unescaped(Buffer.from(match[0], "latin1")).length < match[0].length;
      const expected = isOther && BEGINNINGS.some((each) => of.startsWith(each));
      assert.equal(isEscape(Buffer.from(of, "latin1"), 0, true), expected);
      if (expected) assert.ok(ESCAPE_KEYWORDS.some((each) => of.toLowerCase().startsWith(each)));
    }),
    runs(400),
  );
});

test("in what is no text an escape is one where it stands in a text", () => {
  const at = (of: string): boolean => isEscape(Buffer.from(of, "latin1"), of.indexOf("\\"), false);
  for (const each of ["https:\\/", "\0a\\/bcdef\0", "\\/bcdefg", "\0\tabc\\/d\r\n"])
    assert.ok(at(each), JSON.stringify(each));
  for (const each of ["\\/", "\0a\\/bcde\0", "abcdef\n\\/bcdef", "\xe9abc\\/de\x7fabc"])
    assert.ok(!at(each), JSON.stringify(each));
});

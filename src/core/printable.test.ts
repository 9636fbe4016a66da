import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "./code-point.fixture.ts";
import { printable } from "./printable.ts";

test("control characters, overrides and line breaks become visible", () => {
  assert.equal(printable("a\u001b[31mb"), "a\\u001b[31mb");
  assert.equal(printable("a\r\nb\tc\u0000\u007f\u009b"), "a\\u000d\\u000ab\\u0009c\\u0000\\u007f\\u009b");
  assert.equal(
    printable("\u061c\u200b\u200e\u202e\u2028\u2066\u2060\ufeff"),
    "\\u061c\\u200b\\u200e\\u202e\\u2028\\u2066\\u2060\\ufeff",
  );
  assert.equal(printable("\u{e0041}\ud800x\udc00"), "\\u{e0041}\\ud800x\\udc00");
});

test("what can be shown stays as it is", () => {
  for (const text of ["plain ~ text", "Größe 日本語 é 😀 👩‍🚀", "C:\\u001b"]) assert.equal(printable(text), text);
});

test("no control character, line break or half pair is left of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), (text) => {
      const shown = printable(text);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Surrogate}\u2028\u2029\u202a-\u202e]/u);
      assert.equal(printable(shown), shown);
    }),
  );
});

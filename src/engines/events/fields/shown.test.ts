import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Field, FieldType, Value } from "./field.ts";
import { byteString, shownAddress, shownText, shownValue } from "./shown.ts";

test("texts are shown decoded; broken bytes, control characters and turned text as escapes", () => {
  assert.equal(shownText("plain /etc/passwd"), "plain /etc/passwd");
  assert.equal(shownText("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3"), "ä€🐳");
  assert.equal(shownText("a\xffb\xc3"), "a\\xffb\\xc3");
  assert.equal(shownText("\xc3\xa4\xff\xe2\x82"), "ä\\xff\\xe2\\x82");
  assert.equal(shownText("\xed\xa0\x80"), "\\xed\\xa0\\x80", "half of a surrogate pair");
  assert.equal(shownText("\x1b[31m\n"), "\\u001b[31m\\u000a");
  assert.equal(shownText("\xe2\x80\xaetxt.exe"), "\\u202etxt.exe");
  assert.equal(shownText("\x00\xff"), "\\u0000\\xff");
});

test("nothing that is shown acts on a terminal, whatever the bytes", () => {
  const acts = /[\p{Cc}\u202a-\u202e]/u;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.doesNotMatch(shownText(Buffer.from(bytes).toString("latin1")), acts);
    }),
  );
});

test("a text of JavaScript's is a byte string and back", () => {
  assert.equal(byteString("ä"), "\xc3\xa4");
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zäöü€🐳]{0,20}$/u), (text) => {
      assert.equal(shownText(byteString(text)), text);
    }),
  );
});

test("addresses are shown in their usual form", () => {
  assert.equal(shownAddress("\x0a\x00\x00\xff"), "10.0.0.255");
  assert.equal(shownAddress(`${"\0".repeat(15)}\x01`), "::1");
  assert.equal(shownAddress(`${"\0".repeat(10)}\xff\xff\x0a\x00\x00\x01`), "10.0.0.1");
  assert.equal(shownAddress("\x01\x02"), "<unknown>");
});

test("values are shown by their type", () => {
  const show = (type: FieldType, value: Value, more: Partial<Field<never>> = {}): string =>
    shownValue(
      { name: "a.b", source: "any", type, scope: "event", description: "", bind: () => () => undefined, ...more },
      value,
    );
  assert.equal(show("number", -1), "-1");
  assert.equal(show("big", 12345678901234567890n), "12345678901234567890");
  assert.equal(show("boolean", false), "false");
  assert.equal(show("fraction", 12.345), "12.3");
  assert.equal(show("address", "\x7f\0\0\x01"), "127.0.0.1");
  assert.equal(show("network", ["\x7f\0\0\x01", "\x7f\0\0\x02"], { either: true }), "127.0.0.1 127.0.0.2");
  assert.equal(show("bytes", "a\0b\xff\n"), "a.b..");
  assert.equal(show("text", ["file", "ipv4"], { list: true }), "(file,ipv4)");
  assert.equal(show("text", ["sh", "bash"], { any: true }), "sh bash");
  assert.equal(show("number", 255, { show: (value) => Number(value).toString(16) }), "ff");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { tags } from "../../../formats/der/read.ts";
import { der, derOidOf, derTextOf } from "../../../formats/der/write.ts";
import { describeName } from "./distinguished-name.ts";

const fault = (cause: string) => new Error(cause);

/** From the first part of the name to its last. */
function named(...parts: readonly (readonly (readonly [id: string, value: Buffer])[])[]): string {
  const sets = parts.map((pairs) =>
    der(tags.set, ...pairs.map(([id, value]) => der(tags.sequence, derOidOf(id), value))),
  );
  return describeName(der(tags.sequence, ...sets), fault);
}

const utf8 = (text: string) => derTextOf(tags.utf8String, text);
const CN = "2.5.4.3";

test("the last part stands first, as RFC 4514 writes names", () => {
  assert.equal(named(), "");
  assert.equal(
    named([["2.5.4.6", derTextOf(tags.printableString, "DE")]], [["2.5.4.10", utf8("Shop")]], [[CN, utf8("release")]]),
    "CN=release,O=Shop,C=DE",
  );
  assert.equal(
    named([
      [CN, utf8("a")],
      ["2.5.4.11", utf8("b")],
    ]),
    "CN=a+OU=b",
  );
});

test("a value cannot be taken for the structure around it", () => {
  assert.equal(named([[CN, utf8("release,O=Shop")]]), "CN=release\\,O=Shop");
  assert.equal(named([[CN, utf8("a+CN=b")]]), "CN=a\\+CN=b");
  assert.equal(named([[CN, utf8('"<>;\\')]]), 'CN=\\"\\<\\>\\;\\\\');
  assert.equal(named([[CN, utf8(" a ")]]), "CN=\\ a\\ ");
  assert.equal(named([[CN, utf8("#0c0161")]]), "CN=\\#0c0161");
  assert.equal(named([[CN, utf8("a\0b\nc\u202ed\u200be")]]), "CN=a\\00b\\0ac\\e2\\80\\aed\\e2\\80\\8be");
});

test("what cannot be read for certain is written as its bytes", () => {
  assert.equal(named([["1.2.3.4", utf8("x")]]), "1.2.3.4=#0c0178");
  assert.equal(named([[CN, der(tags.teletexString, Buffer.from("x"))]]), "CN=#140178");
  assert.equal(named([[CN, der(tags.bmpString, Buffer.from([0, 0x78]))]]), "CN=#1e020078");
  assert.equal(named([[CN, der(tags.utf8String, Buffer.from([0xff]))]]), "CN=#0c01ff");
  assert.equal(named([[CN, der(tags.printableString, Buffer.from([0xe9]))]]), "CN=#1301e9");
});

test("what is no name is refused", () => {
  assert.throws(() => describeName(der(tags.sequence, der(tags.set)), fault), /no known form/);
  assert.throws(() => describeName(der(tags.sequence, der(tags.sequence)), fault), /type 0x30 where 0x31/);
  assert.throws(() => describeName(der(tags.set), fault), /type 0x31 where 0x30/);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../../core/code-point.fixture.ts";
import { basicCredentials, basicValidity, decodeBase64, decodeBase64Json } from "./base64.ts";

describe("base64", () => {
  it("decodes both alphabets, padded or not", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (array) => {
        const bytes = Buffer.from(array);
        for (const text of [bytes.toString("base64"), bytes.toString("base64url")]) {
          assert.deepEqual(decodeBase64(text), bytes);
          assert.deepEqual(decodeBase64(text.replace(/=+$/, "")), bytes);
        }
      }),
    );
  });

  it("refuses what is none, and what is too long", () => {
    for (const text of ["", "a", "ab=c", "ab c", "abcde", "ab===", "ü", "a".repeat(32_769)]) {
      assert.equal(decodeBase64(text), undefined, text.slice(0, 10));
    }
  });

  it("reads objects of JSON, nothing else", () => {
    const encode = (text: string) => Buffer.from(text).toString("base64url");
    assert.deepEqual(decodeBase64Json(encode('{"a":1}')), { a: 1 });
    for (const text of ["[1]", "null", "1", '"a"', "{", ""]) assert.equal(decodeBase64Json(encode(text)), undefined);
  });

  it("reads user and password", () => {
    const encode = (text: string) => Buffer.from(text).toString("base64");
    assert.deepEqual(basicCredentials(encode("a:b:c")), { user: "a", password: "b:c" });
    for (const text of ["a:", ":b", "ab", "a:b\u0000", "a:b\n"])
      assert.equal(basicValidity(encode(text)), "invalid", text);
    assert.equal(basicValidity(Buffer.from([0x61, 0x3a, 0xff, 0xfe]).toString("base64")), "invalid");
  });

  it("throws at nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => {
        decodeBase64Json(text);
        assert.ok(["valid", "invalid"].includes(basicValidity(text)));
      }),
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../../core/code-point.fixture.ts";
import { bech32Checksum, bech32ChecksumOf } from "./bech32.ts";

describe("Bech32", () => {
  it("agrees with BIP 173's valid and invalid samples", () => {
    for (const text of ["A12UEL5L", "a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "?1ezyfcl"]) {
      assert.equal(bech32Checksum(text), "valid", text);
    }
    for (const text of ["pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "A12uEL5L"]) {
      assert.equal(bech32Checksum(text), "invalid", text);
    }
  });

  it("is valid where it was made so, and notices one changed character", () => {
    const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const data = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(data, fc.nat(), fc.constantFrom(...alphabet), (text, place, other) => {
        const sum = bech32ChecksumOf("age-secret-key-", text);
        assert.equal(bech32Checksum(`age-secret-key-1${text}${sum}`), "valid");
        const at = place % text.length;
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        assert.equal(bech32Checksum(`age-secret-key-1${changed}${sum}`), changed === text ? "valid" : "invalid");
      }),
    );
  });

  it("throws at nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => ["valid", "invalid"].includes(bech32Checksum(text))),
    );
  });
});

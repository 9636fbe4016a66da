import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../../core/code-point.fixture.ts";
import { base62Checksum, base62Crc32, grafanaChecksum } from "./crc32.ts";

describe("CRC-32 checksums of tokens", () => {
  it("agrees with GitHub's published example", () => {
    assert.equal(base62Crc32("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");
    assert.equal(base62Checksum(["ghp", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"].join("_")), "valid");
    assert.equal(base62Checksum(["ghp", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"].join("_")), "invalid");
  });

  it("has six digits, whatever the text", () => {
    fc.assert(fc.property(fc.string(), (text) => /^[0-9A-Za-z]{6}$/.test(base62Crc32(text))));
  });

  it("is valid where it was made so, and notices one changed character", () => {
    const body = fc.stringMatching(/^[0-9A-Za-z]{30}$/);
    fc.assert(
      fc.property(body, fc.nat(29), fc.constantFrom(..."0Zz"), (text, at, other) => {
        const sum = base62Crc32(text);
        assert.equal(base62Checksum(`npm_${text}${sum}`), "valid");
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        assert.equal(base62Checksum(`npm_${changed}${sum}`), changed === text ? "valid" : "invalid");
      }),
    );
  });

  it("throws at nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => {
        assert.ok(["valid", "invalid"].includes(base62Checksum(text)));
        assert.ok(["valid", "invalid"].includes(grafanaChecksum(text)));
      }),
    );
  });
});

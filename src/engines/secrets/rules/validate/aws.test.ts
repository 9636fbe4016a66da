import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { accessKeyId, accountOfAccessKey } from "./aws.ts";

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id that carries this account. */
function idOf(account: bigint, rest: number): string {
  let bits = (1n << 49n) | (account << 9n) | BigInt(rest);
  let text = "";
  for (let place = 0; place < 10; place++) {
    text = (base32[Number(bits & 31n)] ?? "") + text;
    bits >>= 5n;
  }
  return `AKIA${text}ABCDEF`;
}

describe("AWS access key ids", () => {
  it("carry their account", () => {
    // From a published analysis of the format: the account of this expired temporary key.
    assert.equal(accountOfAccessKey(["ASIA", "Y34FZKBOKMUTVV7A"].join("")), "609629065308");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999n }), fc.nat(511), (account, rest) => {
        assert.equal(accountOfAccessKey(idOf(account, rest)), account.toString().padStart(12, "0"));
        assert.equal(accessKeyId(idOf(account, rest)), "valid");
      }),
    );
  });

  it("of accounts that cannot exist are none", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1_000_000_000_000n, max: (1n << 40n) - 1n }), (account) => {
        assert.equal(accountOfAccessKey(idOf(account, 0)), undefined);
        assert.equal(accessKeyId(idOf(account, 0)), "invalid");
      }),
    );
  });

  it("from before 2019 say nothing", () => {
    assert.equal(accessKeyId(`AKIAI${"A".repeat(15)}`), "unsure");
    assert.equal(accountOfAccessKey(`AKIAI${"A".repeat(15)}`), undefined);
  });

  it("are twenty characters of base 32; nothing else throws", () => {
    assert.equal(accessKeyId(`AKIA${"12345678".repeat(2)}`), "invalid");
    assert.equal(accessKeyId("AKIA"), "invalid");
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        accountOfAccessKey(text);
        assert.ok(text.length === 20 || accessKeyId(text) === "invalid");
      }),
    );
  });
});

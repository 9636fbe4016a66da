import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../../contents/mutated-bytes.fixture.ts";
import { jwtOf } from "../samples.fixture.ts";
import { decodeJwt, jwtValidity, jwtWith } from "./jwt.ts";

describe("JSON Web Tokens", () => {
  it("are read into their parts", () => {
    const token = decodeJwt(jwtOf({ sub: "a" }));
    assert.deepEqual(token?.header, { alg: "HS256", typ: "JWT" });
    assert.deepEqual(token?.claims, { sub: "a" });
    assert.ok((token?.signature.length ?? 0) >= 32);
  });

  it("are signed with an algorithm that is not none", () => {
    assert.equal(jwtValidity(jwtOf({ sub: "a" })), "valid");
    for (const header of [{ alg: "none" }, { alg: "NoNe" }, {}, { alg: 1 }]) {
      assert.equal(jwtValidity(jwtOf({ sub: "a" }, header)), "invalid");
    }
  });

  it("that expire are unsure", () => {
    assert.equal(jwtValidity(jwtOf({ exp: 1 })), "unsure");
    assert.equal(jwtValidity(jwtOf({ exp: "1" })), "valid");
  });

  it("may have to hold a claim", () => {
    const ofOne = jwtWith((claims) => claims.iss === "one");
    assert.equal(ofOne(jwtOf({ iss: "one" })), "valid");
    assert.equal(ofOne(jwtOf({ iss: "two" })), "invalid");
    assert.equal(ofOne(jwtOf({ iss: "one" }, { alg: "none" })), "invalid");
  });

  it("have three parts", () => {
    const token = jwtOf({ sub: "a" });
    assert.equal(jwtValidity(`${token}.x`), "invalid");
    assert.equal(jwtValidity(token.slice(0, token.lastIndexOf("."))), "invalid");
  });

  it("mutated or made up, throw nothing", () => {
    fc.assert(
      fc.property(fc.oneof(mutatedBytes(Buffer.from(jwtOf({ exp: 1 }))), fc.uint8Array().map(Buffer.from)), (bytes) => {
        assert.ok(["valid", "invalid", "unsure"].includes(jwtValidity(Buffer.from(bytes).toString("latin1"))));
      }),
    );
  });
});

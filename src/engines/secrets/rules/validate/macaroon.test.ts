import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../../contents/mutated-bytes.fixture.ts";
import { macaroon } from "../packages.fixture.ts";
import { pypiMacaroon } from "./macaroon.ts";

describe("PyPI's macaroons", () => {
  const token = macaroon("pypi-", "pypi.org");

  it("are whole", () => {
    assert.equal(pypiMacaroon(token), "valid");
    assert.match(token, /^pypi-AgEIcHlwaS5vcmc/);
    assert.match(macaroon("pypi-", "test.pypi.org"), /^pypi-AgENdGVzdC5weXBpLm9yZw/);
  });

  it("cut anywhere are none", () => {
    for (let end = 0; end < token.length; end++) assert.equal(pypiMacaroon(token.slice(0, end)), "invalid");
  });

  it("with something behind the signature are none", () => {
    const bytes = Buffer.from(token.slice(5), "base64url");
    assert.equal(pypiMacaroon(`pypi-${Buffer.concat([bytes, Buffer.from([0])]).toString("base64url")}`), "invalid");
  });

  it("mutated throw nothing", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(token.slice(5), "base64url")), (bytes) => {
        assert.ok(["valid", "invalid"].includes(pypiMacaroon(`pypi-${bytes.toString("base64url")}`)));
      }),
    );
  });
});

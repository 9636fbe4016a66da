import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeUrl, isLoopback } from "./url.ts";

describe("isLoopback", () => {
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.255.3.4", "::1", "[::1]", "[0:0::1]"]) {
    it(`takes ${host}`, () => assert.equal(isLoopback(host), true));
  }
  for (const host of ["localhost.example", "128.0.0.1", "10.0.0.1", "127.0.0.1.example", "[::2]", "", "0.0.0.0"]) {
    it(`refuses "${host}"`, () => assert.equal(isLoopback(host), false));
  }
});

describe("describeUrl", () => {
  it("leaves out what can be secret", () => {
    assert.equal(
      describeUrl(new URL("https://user:secret@cdn.example:8443/a/b?Signature=secret#secret")),
      "https://cdn.example:8443/a/b",
    );
  });
});

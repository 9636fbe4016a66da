import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../../core/code-point.fixture.ts";
import { isExampleHost, isPlaceholder, passwordValidity } from "./password.ts";

describe("passwords", () => {
  it("that are still to be put in are none", () => {
    const texts = [
      `\${DB_PASS}`,
      "$DB_PASS",
      "{{ password }}",
      "<password>",
      "%s",
      "%(password)s",
      "%DB_PASS%",
      "***",
      "xxxxxx",
      "your-password",
      "YOUR_API_KEY_HERE",
      "yourPassword",
      "yourStrong(!)Password",
      "replace-default-auth",
      "change-me",
      "null",
      "redacted",
      "aaaaaa",
      "process.env.PASS",
      "os.environ['X']",
      "",
    ];
    for (const text of texts) assert.equal(passwordValidity(text), "invalid", text);
  });

  it("of any other kind are unsure", () => {
    for (const text of [
      "hunter2",
      "correct horse",
      "Tr0ub4dor&3",
      "s",
      "a$b",
      "mypass1",
      "my_secret_token",
      "yourself99",
      "replacement-auth",
      "change-of-heart",
    ]) {
      assert.equal(passwordValidity(text), "unsure", text);
    }
  });

  it("drawn from letters and digits are no placeholders", () => {
    fc.assert(fc.property(fc.stringMatching(/^[0-9][0-9A-F]{8,30}[0-9]q$/), (text) => !isPlaceholder(text)));
  });

  it("over 512 characters are not looked at", () => {
    assert.equal(isPlaceholder("x".repeat(513)), false);
    fc.assert(fc.property(fc.string({ unit: codePoint }), (text) => typeof isPlaceholder(text) === "boolean"));
  });

  it("of example hosts", () => {
    for (const host of ["localhost", "127.0.0.1", "db.example.com", "a.b.test", "EXAMPLE.org", "db.local"]) {
      assert.ok(isExampleHost(host), host);
    }
    for (const host of ["db.acme.io", "example.com.acme.io", "10.0.0.1", "contest", "a".repeat(400)]) {
      assert.ok(!isExampleHost(host), host);
    }
  });
});

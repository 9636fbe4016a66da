import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFingerprinter, isIssued, isRandom, redact } from "./fingerprint.ts";

const random = ["q8Zr2Lm0", "Xv5Ta91b", "Ke7Pw3Dy"].join("");
const fingerprint = createFingerprinter();

test("a key that a provider issued may be told from another, a password in its place may not", () => {
  const of = createFingerprinter();
  const key = (end: string): string => ["AKIA", "QYLPMN5H", "HHFPZA", end].join("");
  const issued = { rule: "aws-access-key-id", name: "key", issued: true };
  assert.match(of({ ...issued, secret: key("M2") }), /^r/);
  assert.notEqual(of({ ...issued, secret: key("M2") }), of({ ...issued, secret: key("M3") }));
  assert.match(of({ ...issued, issued: false, secret: key("M2") }), /^p/);
  assert.match(of({ ...issued, secret: `${"AKIA".repeat(4)}0000` }), /^p/);
  assert.ok(isIssued({ id: "aws-access-key-id", confidence: "high" }));
  assert.ok(!isIssued({ id: "netrc-password", confidence: "high" }));
  assert.ok(!isIssued({ id: "of-a-file", confidence: "high", definition: "x" }));
});

test("a random secret is told by itself, wherever it is", () => {
  const here = fingerprint({ rule: "a", secret: random, name: "key" });
  assert.match(here, /^r[0-9a-f]{24}$/);
  assert.equal(fingerprint({ rule: "b", secret: random, name: "other" }), here);
  assert.notEqual(fingerprint({ rule: "a", secret: `${random}1`, name: "key" }), here);
});

test("nothing of a password is in its fingerprint", () => {
  const passwords = ["hunter2", "correct horse battery staple 4", "Summer2024!", "postgres"];
  const own = new Set(passwords.map((secret) => fingerprint({ rule: "a", secret, name: "password" })));
  assert.equal(own.size, 1);
  assert.match([...own][0] ?? "", /^p/);
  assert.notEqual(fingerprint({ rule: "a", secret: "hunter2", name: "other" }), [...own][0]);
});

test("a key of one's own tells both apart, and another key gives other fingerprints", () => {
  const [one, two] = [createFingerprinter(Buffer.alloc(32, 1)), createFingerprinter(Buffer.alloc(32, 2))];
  const of = (print: typeof one, secret: string) => print({ rule: "a", secret, name: "n" });
  assert.notEqual(of(one, "hunter2"), of(one, "hunter3"));
  assert.notEqual(of(one, "hunter2"), of(two, "hunter2"));
  assert.equal(of(one, "hunter2"), of(one, "hunter2"));
});

test("words are not random, tokens are", () => {
  for (const secret of [
    "correcthorsebatterystaple99",
    "password-password-password1",
    "a".repeat(40),
    "12345678901234567890",
  ]) {
    assert.equal(isRandom(secret), false, secret);
  }
  for (const secret of [random, ["3f9a1c07b2e84d56", "9f01ca7eb38d42f6"].join("")])
    assert.equal(isRandom(secret), true);
});

test("never more than four characters or a third is shown, and nothing of what may be guessed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[A-Za-z0-9]{20,40}$/)), (secret) => {
      const [shown = ""] = redact(secret).split("…");
      assert.ok(redact(secret).endsWith(`…(${secret.length})`));
      const prefix = redact(secret).slice(0, -`…(${secret.length})`.length);
      assert.ok(prefix.length <= 4 && prefix.length <= secret.length / 3 && secret.startsWith(prefix), shown);
      if (!isRandom(secret)) assert.equal(prefix, "");
    }),
  );
});

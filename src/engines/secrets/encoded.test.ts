import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { encodedAt, encodedKeywords } from "./encoded.ts";
import { createFingerprinter } from "./fingerprint.ts";
import { secretRules } from "./rules/index.ts";
import { pemBlock, pkcs8Der } from "./rules/pem.fixture.ts";
import { alnum, encoded, jwtOf } from "./rules/samples.fixture.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: secretRules, fingerprint: createFingerprinter() });
const token = `glpat-${alnum(20)}`;
const found = (text: string): string[] => scanner.scan("a/b.txt", Buffer.from(text)).secrets.map(({ rule }) => rule);

describe("secrets in base64", () => {
  test("are found one level deep, at the place of the text", () => {
    const text = `first\nvalue: ${encoded(token)}\n`;
    const [secret, ...more] = scanner.scan("secret.yaml", Buffer.from(text)).secrets;
    assert.deepEqual(more, []);
    assert.deepEqual([secret?.rule, secret?.line, secret?.column], ["gitlab-personal-access-token", 2, 8]);
    assert.equal(secret?.length, encoded(token).length);
    assert.deepEqual(found(`x: ${encoded(`{"api_key": "${token}"}`)}`), ["gitlab-personal-access-token"]);
    assert.deepEqual(found(`x: ${encoded(pemBlock("PRIVATE KEY", pkcs8Der))}`), ["pkcs8-private-key"]);
  });

  test("are not found two levels deep, in the middle of a text, or in what is none", () => {
    for (const text of [encoded(encoded(token)), `abc${encoded(token)}`, encoded(`\0\0${token}`)]) {
      assert.deepEqual(found(`x: ${text}\n`), [], text);
    }
  });

  test("whose fingerprint is that of the secret as it is", () => {
    const of = (text: string) => scanner.scan("a.txt", Buffer.from(text)).secrets[0]?.fingerprint;
    assert.equal(of(`x: ${encoded(token)}\n`), of(`x: ${token}\n`));
  });

  test("are looked for by what tokens begin with, however they end", () => {
    const keywords = encodedKeywords(secretRules);
    for (const keyword of ["Z2hwX", "Z2xwYXQt", "LS0tLS1CRUdJTi"]) assert.ok(keywords.includes(keyword), keyword);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{20,40}$/), (body) => {
        const text = Buffer.from(encoded(`ghp_${body}`));
        assert.equal(encodedAt(text, 0, "Z2hwX")?.text.toString(), `ghp_${body}`);
      }),
    );
  });

  test("and assignments are found however the file is cut", () => {
    const filler = `${"line of text with a tiger: none\n".repeat(9)}line of text with a token: none\n`.repeat(900);
    const text = `${filler}x: ${encoded(token)}\n${filler}API_TOKEN=${alnum(40)}\n${filler}`;
    const bytes = Buffer.from(text);
    const whole = scanner.scan("a.env", bytes).secrets;
    assert.equal(whole.length, 2);
    for (const size of [1_000, 65_536, 262_144, 288_011]) {
      const stream = scanner.open("a.env");
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
      assert.deepEqual(stream.end().secrets, whole, String(size));
    }
  });

  test("leave JSON Web Tokens to their own rule", () => {
    assert.deepEqual(found(`x: ${jwtOf({ sub: "ann" })}\n`), ["json-web-token"]);
  });
});

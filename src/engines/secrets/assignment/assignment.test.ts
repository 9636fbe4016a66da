import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "../fingerprint.ts";
import { createSecretScanner } from "../scan.ts";

const scanner = createSecretScanner({ rules: [], fingerprint: createFingerprinter() });
/** Random ones, in parts so that no scanner finds them here. */
const long = ["q8Zr2Lm0", "Xv5Ta91b", "Ke7Pw3Dy"].join("");
const short = ["q8Zr", "2Lm0", "Xv"].join("");
const hexadecimal = ["3f9a1c07", "b2e84d56", "9f01ca7e", "b38d42f6"].join("");

/** Name of the confidence of each hit. */
function found(text: string, path = "src/app.py"): string[] {
  return scanner.scan(path, Buffer.from(text)).secrets.map(({ confidence }) => confidence);
}

test("random values of names that say so are found in every usual form", () => {
  for (const text of [
    `api_key = "${long}"`,
    `"apiKey": "${long}",`,
    `const clientSecret = '${long}';`,
    `DB_PASSWORD := \`${long}\``,
    `token => "${hexadecimal}"`,
    `PRIVATE_KEY_1="${long}"`,
  ]) {
    assert.deepEqual(found(text), ["medium"], text);
  }
  assert.deepEqual(found(`password: "${short}"`), ["low"]);
});

test("without quotes only in files of configuration, and up to the end of the line", () => {
  for (const path of ["app.env", ".env.local", "values.yaml", "Dockerfile", "config.Env[1]", "a/app.properties"]) {
    assert.deepEqual(found(`ACCESS_TOKEN=${long}`, path), ["medium"], path);
  }
  assert.deepEqual(found(`ACCESS_TOKEN=${long} # for the test`, "app.env"), ["medium"]);
  assert.deepEqual(found(`token = ${long}`, "src/app.py"), []);
  assert.deepEqual(found(`token: ${long} and more`, "notes.yaml"), []);
});

test("what is no secret is passed", () => {
  for (const value of [
    ["$", "{DATABASE_PASSWORD}"].join(""),
    "{{ .Values.password }}",
    "$PASSWORD_1234",
    "<your-token-123>",
    "%(password1)s",
    "my-secret-name-2",
    "accessTokenValue1",
    "/run/secrets/password1",
    "https://example.com/token1",
    "process.env.TOKEN1(x)",
    "aaaaaaaaaaaa1111",
    "correct horse battery staple 1",
    "short1",
    "v1.kubernetes.io/service-account-token",
    "sha256:0123456789abcdef",
    "20240101120000",
  ]) {
    assert.deepEqual(found(`secret_token = "${value}"`), [], value);
    assert.deepEqual(found(`secret_token: ${value}\n`, "values.yaml"), [], value);
  }
});

test("names of something else are passed", () => {
  for (const name of [
    "token_url",
    "secretName",
    "passwordPolicy",
    "public_api_key",
    "password_hash",
    "next_token",
    "csrfToken",
  ]) {
    assert.deepEqual(found(`${name} = "${long}"`), [], name);
  }
});

test("lock files and translations are passed, tests and examples rank low", () => {
  for (const path of ["package-lock.json", "a/yarn.lock", "app.min.js", "locales/de.json", "go.sum"]) {
    assert.deepEqual(found(`"token": "${long}"`, path), [], path);
  }
  for (const path of ["test/app.py", "app.test.ts", "a/fixtures/x.json", "docs/api.md"]) {
    assert.deepEqual(found(`"token": "${long}"`, path), ["low"], path);
  }
});

test("a placeholder is well known", () => {
  const [secret] = scanner.scan("a.py", Buffer.from(`token = "example-${long}"`)).secrets;
  assert.equal(secret?.wellKnown, true);
});

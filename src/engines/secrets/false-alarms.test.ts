/** What was taken for a secret and is none, each with what beside it still is one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "./fingerprint.ts";
import { isExpression, isReference } from "./reference.ts";
import { secretRules } from "./rules/index.ts";
import { pemBlock, rsaDer } from "./rules/pem.fixture.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: secretRules, fingerprint: createFingerprinter() });
const password = ["kX7!", "vq2M", "zR9w"].join("");

function found(text: string, path: string): string[] {
  return scanner
    .scan(path, Buffer.from(text))
    .secrets.map(({ rule, severity, wellKnown }) => `${wellKnown === true ? "low" : severity} ${rule}`);
}

test("code is no password, and one in quotes is", () => {
  for (const line of [
    'password = secret_response.payload.data.decode("UTF-8")',
    'smtp_password = secret_response.payload.data.decode("UTF-8")',
    "smtp_password = smtp.Pass",
    "SMTP_PASSWORD: smtp.Pass",
    "mail_password = config.mail.getPassword()",
    "email_host_password = os.environ['MAIL1']",
    "api_token: this.config.token",
  ]) {
    for (const path of ["app.py", "settings.yaml", "app.cfg", "mail.go"]) {
      assert.deepEqual(found(`${line}\n`, path), [], `${path}: ${line}`);
    }
  }
  assert.deepEqual(found(`smtp_password = "${password}"\n`, "app.py").length, 1);
  assert.deepEqual(found(`SMTP_PASSWORD=${password}\n`, ".env").length, 1);
});

test("a secret's name in a store is no secret", () => {
  for (const name of [
    "projects/123456789/secrets/db-password-prod1/versions/2",
    "projects/acme-prod-2/secrets/smtp-password/versions/latest",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbC12d",
    "https://acme-prod1.vault.azure.net/secrets/db-password/0a1b2c3d",
    "op://prod/database1/password",
  ]) {
    assert.ok(isReference(name), name);
    for (const line of [`SECRET = "${name}"`, `DB_PASSWORD: "${name}"`, `smtp_password: '${name}'`]) {
      assert.deepEqual(found(`${line}\n`, "app.yaml"), [], line);
    }
  }
});

test("random texts with a dot in them are no code", () => {
  for (const value of [["k3x9qa", "0b7m2z5t8v1c4d6e"].join("."), ["winter", "Snow22"].join("."), password]) {
    assert.equal(isExpression(value), false, value);
  }
});

test("a key that anybody can make is low among tests and what others wrote, and critical elsewhere", () => {
  const sample = pemBlock("RSA PRIVATE KEY", rsaDer);
  assert.deepEqual(found(sample, "deploy/server.pem"), ["critical rsa-private-key"]);
  for (const path of [
    "test/server.pem",
    "pkg/testdata/server.pem",
    "vendor/github.com/acme/tls/key.pem",
    "node_modules/jws/test/key.pem",
    "util/tls/tls_test.go",
    "third_party/acme/jws.go",
  ]) {
    assert.deepEqual(found(sample, path), ["low rsa-private-key"], path);
  }
});

test("what an issuer made is as grave among tests as elsewhere", () => {
  const token = ["glpat-", "x7Kq2mZp4tVw9", "RbN8cLd"].join("");
  assert.deepEqual(found(`token = "${token}"\n`, "test/app.py"), found(`token = "${token}"\n`, "src/app.py"));
});

test("a Firebase app's key is public, and low; another of Google's is not", () => {
  const key = ["AIza", "SyD4mX9qR2t", "Lw7vKc1bN8hF3jP6sZ0yGe5U"].join("").slice(0, 39);
  const config = `const firebaseConfig = {\n  apiKey: "${key}",\n  authDomain: "acme.firebaseapp.com",\n};\n`;
  assert.deepEqual(found(config, "web/firebase.js"), ["low firebase-web-api-key"]);
  assert.deepEqual(found(`GOOGLE_MAPS_API_KEY=${key}\n`, ".env"), ["medium gcp-api-key"]);
});

test("an OpenAPI document has no password of Composer's", () => {
  const schemes = { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } };
  const schemas = { bearer: { description: "the bearer token of the client" }, "http-basic": { type: "object" } };
  const document = { openapi: "3.1.0", components: { securitySchemes: schemes, schemas } };
  assert.deepEqual(found(JSON.stringify(document, undefined, 2), "openapi.json"), []);
  const auth = { "http-basic": { "repo.acme-corp.io": { username: "a", password } } };
  assert.deepEqual(found(JSON.stringify(auth, undefined, 2), "auth.json"), ["high composer-auth-password"]);
});

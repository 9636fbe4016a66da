import assert from "node:assert/strict";
import { test } from "node:test";
import { findings } from "./dockerfile/lint.fixture.ts";
import { secretInArgOrEnv } from "./secret-in-arg-or-env.ts";

function isFound(instruction: string): boolean {
  return findings(secretInArgOrEnv, `FROM debian:13\n${instruction}\n`).length > 0;
}

test("names of secrets are found", () => {
  for (const name of [
    "DB_PASSWORD",
    "API_TOKEN",
    "apiKey",
    "NPM_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "githubToken",
    "SECRET",
  ]) {
    assert.ok(isFound(`ARG ${name}`), name);
    assert.ok(isFound(`ENV ${name}=made-up`), name);
  }
  assert.ok(isFound("ENV DB_PASSWORD made-up"));
  assert.ok(isFound("ENV A=1 \\\n  DB_PASSWORD=made-up"));
  assert.ok(isFound("ONBUILD ARG TOKEN"));
});

test("names that only speak of one, and values that are none, are left", () => {
  for (const instruction of [
    "ENV DB_PASSWORD_FILE=/run/secrets/db",
    "ENV DB_PASSWORD=projects/acme/secrets/db-password/versions/latest",
    "ENV DB_PASSWORD=arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbC12d",
    "ENV TOKEN_URL=https://example.com",
    "ENV PUBLIC_API_KEY=x",
    "ENV PASSWORD=",
    "ENV ALLOW_EMPTY_PASSWORD=yes",
    "ENV SECRET=/run/secrets/x",
    "ENV TOKENIZERS_PARALLELISM=false",
    "ENV KEYBOARD=de",
    "ENV COMPASS=north",
    "ARG PWD",
    "LABEL token=x",
  ]) {
    assert.equal(isFound(instruction), false, instruction);
  }
});

test("the value is in no part of the finding", () => {
  const value = ["hunter", "2"].join("");
  const found = findings(secretInArgOrEnv, `FROM debian:13\nENV DB_PASSWORD=${value}\n`);
  assert.equal(found.length, 1);
  assert.ok(!JSON.stringify(found).includes(value));
});

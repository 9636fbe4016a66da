import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { secretRules } from "./index.ts";
import { alnum } from "./samples.fixture.ts";
import { wellKnown } from "./well-known.ts";
import { windowed } from "./windowed.fixture.ts";

describe("well-known secrets", () => {
  it("knows what documentation prints", () => {
    const aws = "EXAMPLE";
    assert.equal(wellKnown(`AKIAIOSFODNN7${aws}`, "aws-access-key-id"), "AWS's documentation");
    assert.equal(wellKnown(`wJalrXUtnFEMI/K7MDENG/bPxRfiCY${aws}KEY`, "aws-secret-access-key"), "AWS's documentation");
    assert.equal(wellKnown(["ghp", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"].join("_"), "x")?.startsWith("GitHub"), true);
    assert.equal(
      wellKnown(`AKIA${alnum(9).toUpperCase()}${aws}`, "aws-access-key-id"),
      "it says that it is an example",
    );
  });

  it("knows keys of a test mode and passwords of tutorials", () => {
    assert.equal(wellKnown(`sk_test_${alnum(24)}`, "stripe-test-key"), "a key of Stripe's test mode");
    assert.equal(wellKnown("changeme", "postgres-url-password"), "a password that examples use");
    assert.equal(wellKnown("Password", "basic-auth-url"), "a password that examples use");
  });

  it("knows no secret that is drawn", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]{33,60}$/),
        (secret) => wellKnown(secret, "npm-access-token") === undefined,
      ),
    );
  });

  it("holds no secret itself, nor do the rules", () => {
    for (const file of ["well-known.ts", "forms.ts", "cloud.ts", "keys.ts", "files.ts", "payments.ts", "web.ts"]) {
      const text = readFileSync(new URL(file, import.meta.url), "utf8");
      for (const rule of secretRules) {
        if (rule.confidence === "high") assert.deepEqual(windowed(rule, text, file), [], `${rule.id} in ${file}`);
      }
    }
  });
});

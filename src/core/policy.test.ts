import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { policyDigest } from "./policy.ts";

const exception = { ids: ["CVE-2020-1"], reason: "r", owner: "o", expires: "2027-01-01" };

test("policies that say the same have one digest, wherever they stand and in whatever order", () => {
  const { thresholds, ...rest } = defaultPolicy;
  const { vulnerability, configuration } = thresholds;
  const digest = policyDigest(defaultPolicy);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  assert.equal(policyDigest({ thresholds: { configuration, vulnerability }, ...rest }), digest);
  assert.equal(policyDigest({ ...defaultPolicy, origin: { kind: "tree", path: "bulkhead.yaml" } }), digest);
  const at = (line: number) => ({
    ...defaultPolicy,
    exceptions: [{ ...exception, source: { path: "bulkhead.yaml", line, column: 1 } }],
  });
  assert.equal(policyDigest(at(3)), policyDigest(at(9)));
});

test("policies that differ in anything have two", () => {
  const digest = policyDigest(defaultPolicy);
  assert.notEqual(policyDigest({ ...defaultPolicy, rebuild: { maxAgeDays: 8 } }), digest);
  assert.notEqual(policyDigest({ ...defaultPolicy, registries: ["ghcr.io/acme/*"] }), digest);
  const source = { path: "bulkhead.yaml", line: 1, column: 1 };
  assert.notEqual(policyDigest({ ...defaultPolicy, exceptions: [{ ...exception, source }] }), digest);
});

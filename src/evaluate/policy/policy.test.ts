import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../../checks/index.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Exception } from "../../core/exception.ts";
import type { Policy } from "../../core/policy.ts";
import { evaluatePolicy } from "./policy.ts";

const now = new Date("2025-07-01T00:00:00Z");

function policy(...stated: Partial<Exception>[]): Policy {
  const exceptions = stated.map(
    (one): Exception => ({
      ids: [],
      reason: "r",
      owner: "o",
      expires: "2025-08-01",
      source: { path: "bulkhead.yaml", line: 4, column: 5 },
      ...one,
    }),
  );
  return { ...defaultPolicy, exceptions, origin: { kind: "tree", path: "bulkhead.yaml" } };
}

function verdicts(some: Policy): string[] {
  return evaluatePolicy(some, [], { now, extent: "tree", checks }).map(({ check, verdict }) => `${check} ${verdict}`);
}

test("without a file there is nothing to judge, and without an exception nothing in a scan", () => {
  assert.deepEqual(evaluatePolicy(defaultPolicy, [], { now, extent: "tree", checks }), []);
  assert.deepEqual(evaluatePolicy(policy(), [], { now, extent: "named", checks }), []);
  assert.deepEqual(verdicts(policy()), [
    "policy/expired-exception pass",
    "policy/too-broad-exception pass",
    "policy/unused-exception pass",
  ]);
});

test("an exception that accepts everything does not accept itself", () => {
  const everything = policy({ asset: "**" }, { ids: ["CVE-2020-1"], expires: "2025-01-01" });
  const [expired, broad] = evaluatePolicy(everything, [], { now, extent: "named", checks });
  assert.equal(expired?.verdict, "fail");
  assert.equal(broad?.verdict, "fail");
  assert.deepEqual(broad?.excepted, []);
});

test("an exception may name a check of the policy, and is used by it", () => {
  const accepted = policy({ asset: "**" }, { ids: ["Policy/Too-broad-exception"] });
  const [, broad, unused] = evaluatePolicy(accepted, [], { now, extent: "tree", checks });
  assert.equal(broad?.verdict, "pass");
  assert.equal(broad?.excepted.length, 1);
  assert.equal(unused?.evidence.used, "2", "the one that accepts everything names its own finding too");
  assert.deepEqual(unused?.findings, []);
});

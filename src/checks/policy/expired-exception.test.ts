import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import { present } from "../../core/evidence.ts";
import type { Exception } from "../../core/exception.ts";
import { runCheck } from "../../core/runner.ts";
import { expiredException } from "./expired-exception.ts";

const now = new Date("2025-07-01T00:00:00Z");

function evaluate(...stated: Partial<Exception>[]) {
  const exceptions = stated.map(
    (one, index): Exception => ({
      ids: ["CVE-2021-44906"],
      reason: "not reachable",
      owner: "shop team",
      expires: "2025-06-30",
      source: { path: "bulkhead.yaml", line: 10 + index, column: 5 },
      ...one,
    }),
  );
  const policy = { ...defaultPolicy, exceptions };
  const evidence = { policy: present(policy, now.toISOString()) };
  return runCheck(expiredException, evidence, { asset: fileAsset("bulkhead.yaml"), policy, now });
}

test("an exception fails from the day after its last", () => {
  const { verdict, findings } = evaluate({});
  assert.equal(verdict, "fail");
  const [finding] = findings;
  assert.equal(finding?.title, "Exception for CVE-2021-44906 expired on 2025-06-30");
  assert.deepEqual(finding?.locations, [{ kind: "file", path: "bulkhead.yaml", line: 10, column: 5 }]);
  assert.deepEqual(finding?.evidence, { expires: "2025-06-30", owner: "shop team", reason: "not reachable" });
  assert.match(finding?.fix?.text ?? "", /have shop team review it/);
});

test("an exception that still holds, or none, is a pass", () => {
  assert.equal(evaluate({ expires: "2025-07-01" }).verdict, "pass");
  assert.equal(evaluate().verdict, "pass");
});

test("each expired one is found, at its own place", () => {
  const { findings } = evaluate({ ids: ["A"] }, { ids: ["B"], expires: "2030-01-01" }, { ids: [], path: "app/**" });
  assert.deepEqual(
    findings.map(({ subject, locations: [location] }) => [subject, location.kind === "file" && location.line]),
    [
      ["exception for A", 10],
      ["exception for path app/**", 12],
    ],
  );
});

test("many ids are counted in the title and named in the subject", () => {
  const [finding] = evaluate({ ids: ["A", "B", "C"], package: "p" }).findings;
  assert.equal(finding?.title, "Exception for A and 2 more, package p expired on 2025-06-30");
  assert.equal(finding?.subject, "exception for A, B, C, package p");
});

test("a moved line or a later date keeps the fingerprint", () => {
  const [before] = evaluate({}).findings;
  const [after] = evaluate({ source: { path: "bulkhead.yaml", line: 99, column: 1 }, expires: "2025-05-01" }).findings;
  assert.equal(before?.fingerprint, after?.fingerprint);
});

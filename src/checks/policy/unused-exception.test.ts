import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import { present } from "../../core/evidence.ts";
import type { ExceptionInRun } from "../../core/exception-use.ts";
import { runCheck } from "../../core/runner.ts";
import { unusedException } from "./unused-exception.ts";

const now = new Date("2025-07-01T00:00:00Z");
const exception = {
  ids: ["CVE-2021-44906"],
  package: "minimist",
  reason: "not reachable",
  owner: "shop team",
  expires: "2025-12-31",
  source: { path: "bulkhead.yaml", line: 10, column: 5 },
};

function evaluate(...uses: Partial<ExceptionInRun>[]) {
  const facts = uses.map((one): ExceptionInRun => ({ exception, findings: 0, flaws: [], judged: true, ...one }));
  const evidence = { allUses: present(facts, now.toISOString()) };
  return runCheck(unusedException, evidence, { asset: fileAsset("bulkhead.yaml"), policy: defaultPolicy, now });
}

test("an exception that names nothing is found where it stands, and fails nothing by default", () => {
  const { verdict, findings } = evaluate({});
  assert.equal(verdict, "pass");
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.title, "Exception for CVE-2021-44906, package minimist matches no finding");
  assert.deepEqual(findings[0]?.locations, [{ kind: "file", path: "bulkhead.yaml", line: 10, column: 5 }]);
  assert.equal(findings[0]?.evidence.owner, "shop team");
});

test("one that names a finding, or what was not judged, is none", () => {
  assert.deepEqual(evaluate({ findings: 1, flaws: ["CVE-2021-44906"] }, { judged: false }).findings, []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import { present } from "../../core/evidence.ts";
import type { Exception } from "../../core/exception.ts";
import type { ExceptionInRun } from "../../core/exception-use.ts";
import type { ExceptionLimits } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import { tooBroadException } from "./too-broad-exception.ts";

const now = new Date("2025-07-01T15:00:00Z");
const limits: ExceptionLimits = { maxDays: 30, maxFlaws: 2, broad: "report" };

function evaluate(stated: Partial<Exception>, use: Partial<ExceptionInRun> = {}, own: Partial<ExceptionLimits> = {}) {
  const exception: Exception = {
    ids: [],
    reason: "not reachable",
    owner: "shop team",
    expires: "2025-07-30",
    source: { path: "bulkhead.yaml", line: 10, column: 5 },
    ...stated,
  };
  const uses: ExceptionInRun[] = [{ exception, findings: 0, flaws: [], judged: true, ...use }];
  const evidence = {
    uses: present(uses, now.toISOString()),
  };
  return runCheck(tooBroadException, evidence, {
    asset: fileAsset("bulkhead.yaml"),
    policy: { ...defaultPolicy, exceptionLimits: { ...limits, ...own } },
    now,
  });
}

function said(...stated: Parameters<typeof evaluate>): string[] {
  return evaluate(...stated).findings.map(({ severity, title }) => `${severity}: ${title}`);
}

test("what accepts everything fails", () => {
  for (const stated of [{ path: "**" }, { asset: "**" }, { path: "**/*", asset: "*" }, { asset: "*/*" }]) {
    const { verdict, findings } = evaluate(stated);
    assert.equal(verdict, "fail", JSON.stringify(stated));
    assert.match(findings[0]?.title ?? "", /accepts everything$/);
  }
});

test("what accepts a whole place is found", () => {
  assert.deepEqual(said({ path: "test/**" }), [
    "medium: Exception for path test/** accepts whatever is found at test/**",
  ]);
  assert.deepEqual(said({ asset: "shop/web", path: "**" }), [
    "medium: Exception for path **, asset shop/web accepts whatever is found at ** in shop/web",
  ]);
});

test("an id or a package is what somebody has looked at", () => {
  assert.deepEqual(said({ ids: ["CVE-1"] }), []);
  assert.deepEqual(said({ ids: ["CVE-1"], path: "**" }), []);
  assert.deepEqual(said({ package: "minimist" }), []);
});

test("more flaws than the limit are found", () => {
  assert.deepEqual(said({ package: "p" }, { flaws: ["a", "b"], findings: 9 }), []);
  assert.deepEqual(said({ package: "p" }, { flaws: ["a", "b", "c"], findings: 9 }), [
    "medium: Exception for package p accepts 3 different vulnerabilities or findings (limit: 2)",
  ]);
});

test("days count from today to the last on which it holds, both of them", () => {
  assert.deepEqual(said({ ids: ["a"], expires: "2025-07-30" }), []);
  const { findings } = evaluate({ ids: ["a"], expires: "2025-07-31" });
  assert.equal(findings[0]?.title, "Exception for a is valid for 31 more days (limit: 30)");
  assert.match(findings[0]?.fix?.text ?? "", /2025-07-30/);
});

test("one exception is one finding, of its worst excess", () => {
  const { findings } = evaluate({ path: "**", expires: "2030-01-01" }, { flaws: ["a", "b", "c"] });
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.severity, "high");
  assert.match(
    findings[0]?.detail ?? "",
    /^The exception also accepts 3 different vulnerabilities.*, and is valid for \d+ more days/,
  );
});

test("the policy may allow it", () => {
  assert.deepEqual(said({ path: "**", expires: "2030-01-01" }, {}, { broad: "allow" }), []);
});

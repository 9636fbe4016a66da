import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fileAsset } from "../../core/asset.ts";
import type { Category } from "../../core/category.ts";
import type { Check } from "../../core/check.ts";
import type { Verdict } from "../../core/evaluation.ts";
import { present } from "../../core/evidence.ts";
import type { Exception } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import { runs } from "../../core/runs.fixture.ts";
import { defaultPolicy } from "./default.ts";
import { anySeverity, exception, now, strict, tree, treePolicy, trustedPolicy } from "./policies.fixture.ts";
import { tighten } from "./tighten.ts";

test("a stricter value of any key is taken over", () => {
  const { policy, loosened } = tighten(
    strict,
    tree({
      thresholds: { vulnerabilities: { severity: "low" }, configuration: { severity: "negligible" } },
      unknownSeverity: "critical",
      advisories: { maxAgeDays: 1 },
    }),
  );
  assert.deepEqual(loosened, []);
  assert.deepEqual(policy, {
    ...strict,
    thresholds: {
      vulnerability: { severity: "low", fixableOnly: false, exploited: true },
      configuration: { severity: "negligible", fixableOnly: false },
    },
    unknownSeverity: "critical",
    advisories: { maxAgeDays: 1 },
  });
  assert.equal(
    tighten(defaultPolicy, tree({ thresholds: { vulnerabilities: { fixableOnly: false } } })).policy.thresholds
      .vulnerability.fixableOnly,
    false,
  );
  assert.equal(
    tighten(defaultPolicy, tree({ thresholds: { vulnerabilities: { exploited: true } } })).policy.thresholds
      .vulnerability.exploited,
    true,
  );
});

test("a looser value of any key is refused and reported with its place", () => {
  const { policy, loosened } = tighten(
    strict,
    tree(
      {
        thresholds: {
          vulnerabilities: { severity: "critical", fixableOnly: true, exploited: false },
          configuration: { severity: "high" },
        },
        unknownSeverity: "high",
        advisories: { maxAgeDays: 6 },
      },
      [exception({ package: "minimist" })],
    ),
  );
  assert.deepEqual(policy, strict);
  assert.deepEqual(
    loosened.map(({ key, trusted, wanted }) => [key, trusted, wanted]),
    [
      ["thresholds.vulnerabilities.severity", "high", "critical"],
      ["thresholds.vulnerabilities.fixableOnly", "false", "true"],
      ["thresholds.vulnerabilities.exploited", "true", "false"],
      ["thresholds.configuration.severity", "medium", "high"],
      ["unknownSeverity", "unknown", "high"],
      ["advisories.maxAgeDays", "5", "6"],
      ["exceptions[0]", "no such exception", "CVE-1, package minimist until 2025-12-31"],
    ],
  );
  assert.deepEqual(loosened[0], {
    key: "thresholds.vulnerabilities.severity",
    path: "bulkhead.yaml",
    line: 3,
    column: 1,
    trusted: "high",
    wanted: "critical",
  });
});

test("what the tree leaves out says nothing", () => {
  assert.deepEqual(tighten(strict, tree({})), { policy: strict, loosened: [] });
});

test("an exception that the trusted policy has as well is no attempt", () => {
  const trusted = { ...strict, exceptions: [exception({ ids: ["CVE-1", "CVE-2"] })] };
  const attempts = (stated: Partial<Exception>) => tighten(trusted, tree({}, [exception(stated)])).loosened.length;
  assert.equal(attempts({ ids: ["CVE-2", "CVE-1"] }), 0);
  assert.equal(attempts({ ids: ["CVE-2", "CVE-1"], expires: "2025-06-30" }), 0);
  assert.equal(attempts({ ids: ["CVE-2", "CVE-1"], expires: "2026-01-01" }), 1);
  assert.equal(attempts({ ids: [] }), 1);
});

const findings = fc.array(
  fc.record({
    severity: anySeverity,
    id: fc.constantFrom("CVE-1", "CVE-2", "CVE-3"),
    package: fc.constantFrom("p", "q", "r"),
    fixable: fc.boolean(),
    exploited: fc.boolean(),
  }),
  { maxLength: 4 },
);

function verdictUnder(policy: Policy, category: Category, drafts: readonly FindingDraft[]): Verdict {
  const check: Check<{ drafts: readonly FindingDraft[] }> = {
    id: "test/thing",
    title: "Things",
    layer: "policy",
    category,
    controls: [],
    severity: "varies",
    documentation: { what: "w", why: "y", fix: "f", references: [] },
    subject: "file",
    needs: { drafts: "partial" },
    evaluate: (facts) => facts.drafts,
  };
  return runCheck(check, { drafts: present(drafts, now.toISOString()) }, { asset: fileAsset("f"), policy, now })
    .verdict;
}

const strictness = { pass: 0, unknown: 1, fail: 2 } as const;

test("whatever the tree's file says, no verdict becomes milder", () => {
  const category = fc.constantFrom<Category>("vulnerability", "configuration");
  fc.assert(
    fc.property(trustedPolicy, treePolicy, category, findings, (trusted, file, someCategory, found) => {
      const drafts = found.map(
        (one): FindingDraft => ({
          subject: `${one.id} ${one.package}`,
          severity: one.severity,
          title: one.id,
          locations: [{ kind: "file", path: "f" }],
          matches: { ids: [one.id], package: one.package },
          evidence: {},
          priority: { score: 0, exploited: one.exploited, reasons: [] },
          ...(one.fixable ? { fix: { kind: "instruction", text: "mend" } } : {}),
        }),
      );
      const { policy } = tighten(trusted, file);
      const [before, after] = [trusted, policy].map((some) => verdictUnder(some, someCategory, drafts));
      assert.ok(strictness[after ?? "pass"] >= strictness[before ?? "fail"], `${before} became ${after}`);
      assert.ok(policy.advisories.maxAgeDays <= trusted.advisories.maxAgeDays);
    }),
    runs(1_000),
  );
});

test("tightening twice is tightening once, and every key that did not get its way is reported", () => {
  fc.assert(
    fc.property(trustedPolicy, treePolicy, (trusted, file) => {
      const once = tighten(trusted, file);
      const twice = tighten(once.policy, file);
      assert.deepEqual(twice.policy, once.policy);
      const keys = (some: typeof once) => some.loosened.map(({ key }) => key);
      assert.deepEqual(keys(twice), keys(once));
      const wanted = file.settings["thresholds.vulnerabilities.severity"]?.value;
      const reported = keys(once).includes("thresholds.vulnerabilities.severity");
      assert.equal(reported, wanted !== undefined && wanted !== once.policy.thresholds.vulnerability.severity);
    }),
  );
});

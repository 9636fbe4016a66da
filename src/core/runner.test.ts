import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../collect/policy/default.ts";
import { fileAsset } from "./asset.ts";
import type { Category } from "./category.ts";
import type { Check, Need } from "./check.ts";
import { absent, type Evidence, type Gap, present } from "./evidence.ts";
import type { Assessment } from "./exception.ts";
import type { FindingDraft } from "./finding.ts";
import type { Policy } from "./policy.ts";
import { compareFindings, runCheck } from "./runner.ts";
import { type Severity, severities } from "./severity.ts";

const now = new Date("2025-06-15T12:00:00Z");
const asset = fileAsset("app.yaml");
const gap: Gap = { code: "test.gap", reason: "half of it was unreadable" };
const seen = "2025-06-15T10:00:00Z";

function draft(severity: Severity, more: Partial<FindingDraft> = {}): FindingDraft {
  return {
    subject: `${severity} thing`,
    severity,
    title: "a thing",
    locations: [{ kind: "file", path: "app.yaml", line: 1, column: 1 }],
    matches: { ids: [`T-${severity}`] },
    evidence: {},
    ...more,
  };
}

const fixable = { fix: { kind: "instruction", text: "mend it" } } as const;

function check(need: Need, category: Category = "configuration"): Check<{ drafts: readonly FindingDraft[] }> {
  return {
    id: "test/thing",
    title: "Things",
    layer: "policy",
    category,
    controls: [],
    severity: "varies",
    documentation: { what: "w", why: "y", fix: "f", references: [] },
    subject: "file",
    needs: { drafts: need },
    evaluate: ({ drafts }) => drafts,
  };
}

interface Run {
  need?: Need;
  category?: Category;
  policy?: Partial<Policy>;
}

function run(
  drafts: Evidence<readonly FindingDraft[]> | readonly FindingDraft[],
  { need, category, policy }: Run = {},
) {
  const evidence = "state" in drafts ? drafts : present(drafts, seen);
  const context = { asset, policy: { ...defaultPolicy, ...policy }, now };
  return runCheck(check(need ?? "partial", category), { drafts: evidence }, context);
}

test("no findings on whole evidence is a pass", () => {
  const { verdict, reason, observedAt } = run([]);
  assert.deepEqual([verdict, reason, observedAt], ["pass", "no findings", seen]);
});

test("a finding at the threshold fails, one under it does not", () => {
  const failing = run([draft("high"), draft("low")]);
  assert.equal(failing.verdict, "fail");
  assert.equal(failing.reason, "1 finding at or above the threshold (high or above)");
  assert.deepEqual(
    failing.findings.map((finding) => finding.overThreshold),
    [true, false],
  );
  const passing = run([draft("medium"), draft("low")]);
  assert.equal(passing.verdict, "pass");
  assert.equal(passing.reason, "2 findings, all below the threshold (high or above)");
});

test("where only fixable findings count, one without a fix stays below the threshold", () => {
  assert.equal(run([draft("critical")], { category: "vulnerability" }).verdict, "pass");
  const { verdict, reason } = run([draft("critical", fixable)], { category: "vulnerability" });
  assert.equal(verdict, "fail");
  assert.equal(reason, "1 finding at or above the threshold (critical with a fix available)");
});

test("absent evidence is unknown, for either need, and the check is not asked", () => {
  for (const need of ["partial", "complete"] as const) {
    const { verdict, reason, findings, gaps } = run(absent(gap), { need });
    assert.deepEqual([verdict, reason, findings, gaps], ["unknown", gap.reason, [], [gap]]);
  }
});

test("partial evidence proves a fail where partial is enough, and nothing where complete is needed", () => {
  const partial = present([draft("critical")], seen, { gaps: [gap] });
  assert.equal(run(partial, { need: "partial" }).verdict, "fail");
  assert.equal(run(partial, { need: "complete" }).verdict, "unknown");
  assert.deepEqual(run(partial, { need: "complete" }).findings, []);
  assert.equal(run(present([], seen, { gaps: [gap] }), { need: "partial" }).verdict, "unknown");
});

test("a gap that two needs have in common is told once, another beside it too", () => {
  const { applies: _, looked: __, leavesOpen: ___, ...description } = check("partial");
  const both: Check<{ a: string; b: string }> = {
    ...description,
    needs: { a: "partial", b: "partial" },
    evaluate: () => [],
  };
  const other = { ...gap, concerns: "apk" };
  const { gaps, verdict } = runCheck(
    both,
    { a: present("", seen, { gaps: [gap, other] }), b: absent(gap) },
    { asset, policy: defaultPolicy, now },
  );
  assert.deepEqual([verdict, gaps], ["unknown", [gap, other]]);
});

test("stale evidence counts as partial, and so does a date that cannot be read", () => {
  for (const validUntil of ["2025-06-15T11:59:59Z", "2025-06-14", "soon"]) {
    const { verdict, gaps } = run(present([], seen, { validUntil }));
    assert.equal(verdict, "unknown", validUntil);
    assert.equal(gaps[0]?.code, "evidence.stale");
    assert.equal(run(present([draft("high")], seen, { validUntil })).verdict, "fail");
  }
  const old = present([], "2025-06-01T00:00:00Z", { validUntil: "2025-06-08T00:00:00Z", renewal: "fetch it" });
  assert.match(run(old).reason, /^\w+: data from 2025-06-01 is 15 days old; the limit is 7 days$/);
  assert.equal(run(old).gaps[0]?.remedy, "fetch it");
  assert.match(run(present([], seen, { validUntil: "soon" })).reason, /: data from 2025-06-15 expired on soon$/);
  const fresh = run(present([], seen, { validUntil: "2025-06-15T12:00:00Z" }));
  assert.equal(fresh.verdict, "pass");
  assert.equal(fresh.validUntil, "2025-06-15T12:00:00Z");
});

test("a finding of unknown severity makes the verdict unknown until the policy says what it counts as", () => {
  const { verdict, reason } = run([draft("unknown")]);
  assert.deepEqual([verdict, reason], ["unknown", "1 finding of unknown severity"]);
  assert.equal(run([draft("unknown")], { policy: { unknownSeverity: "high" } }).verdict, "fail");
  assert.equal(run([draft("unknown")], { policy: { unknownSeverity: "low" } }).verdict, "pass");
  assert.equal(run([draft("unknown"), draft("high")]).verdict, "fail");
  assert.equal(run([draft("unknown")], { category: "vulnerability" }).verdict, "pass", "not fixable: under it anyway");
});

test("an exception in force takes a finding out of the verdict and keeps it", () => {
  const exception = {
    ids: ["t-HIGH"],
    reason: "r",
    owner: "o",
    expires: "2025-07-01",
    source: { path: "bulkhead.yaml", line: 1, column: 1 },
  };
  const { verdict, findings, excepted } = run([draft("high")], { policy: { exceptions: [exception] } });
  assert.deepEqual([verdict, findings], ["pass", []]);
  assert.equal(excepted[0]?.exception, exception);
  assert.equal(excepted[0]?.finding.overThreshold, true);
  const expired = { ...exception, expires: "2025-06-14" };
  assert.equal(run([draft("high")], { policy: { exceptions: [expired] } }).verdict, "fail");
});

test("the fingerprint is that of check, lineage and subject, and nothing else", () => {
  const [one] = run([draft("high")]).findings;
  const [other] = run([
    draft("low", { subject: "high thing", title: "else", locations: [{ kind: "config", field: "x" }] }),
  ]).findings;
  assert.match(one?.fingerprint ?? "", /^[0-9a-f]{32}$/);
  assert.equal(one?.fingerprint, other?.fingerprint);
  assert.notEqual(run([draft("high", { subject: "another" })]).findings[0]?.fingerprint, one?.fingerprint);
});

test("the oldest evidence dates the evaluation, and the first to go stale bounds it", () => {
  const { applies: _, looked: __, leavesOpen: ___, ...described } = check("complete");
  const both: Check<{ a: null; b: null }> = {
    ...described,
    needs: { a: "complete", b: "complete" },
    evaluate: () => [],
  };
  const evidence = {
    a: present(null, "2025-06-15T09:00:00Z", { validUntil: "2025-06-20T00:00:00Z" }),
    b: present(null, "2025-06-15T08:00:00Z", { validUntil: "2025-06-18T00:00:00Z" }),
  };
  const { observedAt, validUntil } = runCheck(both, evidence, { asset, policy: defaultPolicy, now });
  assert.deepEqual([observedAt, validUntil], ["2025-06-15T08:00:00Z", "2025-06-18T00:00:00Z"]);
});

const severity = fc.constantFrom<Severity>(...severities, "unknown");
const drafts = fc
  .array(fc.tuple(severity, fc.boolean(), fc.string({ maxLength: 2 })), { maxLength: 6 })
  .map((many) => many.map(([level, hasFix, subject]) => draft(level, { subject, ...(hasFix ? fixable : {}) })));

test("a verdict of pass is never reached on partial evidence, nor a fail without a finding above the threshold", () => {
  const need = fc.constantFrom<Need>("partial", "complete");
  const category = fc.constantFrom<Category>("vulnerability", "configuration");
  fc.assert(
    fc.property(drafts, need, category, fc.boolean(), (many, someNeed, someCategory, whole) => {
      const evidence = present(many, seen, { gaps: whole ? [] : [gap] });
      const { verdict, findings } = run(evidence, { need: someNeed, category: someCategory });
      if (verdict === "pass") assert.ok(whole);
      assert.equal(
        verdict === "fail",
        findings.some((finding) => finding.overThreshold),
      );
    }),
  );
});

test("among findings of one severity the priority decides, then whether there is a fix", () => {
  const at = (subject: string, severity: Severity, score?: number, more: Partial<FindingDraft> = {}) =>
    draft(severity, {
      subject,
      ...(score === undefined ? {} : { priority: { score, exploited: score > 1, reasons: [] } }),
      ...more,
    });
  const { findings } = run([
    at("d", "high"),
    at("c", "high", undefined, fixable),
    at("b", "high", 0.4),
    at("a", "high", 2),
    at("e", "critical"),
  ]);
  assert.deepEqual(
    findings.map(({ subject }) => subject),
    ["e", "a", "b", "c", "d"],
  );
});

test("what is exploited is above the threshold only where the policy says so, and then needs a fix where fixes count", () => {
  const exploited = draft("low", { ...fixable, priority: { score: 2, exploited: true, reasons: [] } });
  const { fix: _, ...unfixed } = exploited;
  const verdict = (found: FindingDraft, asked: boolean) => {
    const vulnerability = { severity: "critical", fixableOnly: true, exploited: asked } as const;
    const policy = { thresholds: { ...defaultPolicy.thresholds, vulnerability } };
    return run([found], { category: "vulnerability", policy });
  };
  assert.equal(verdict(exploited, false).verdict, "pass");
  assert.equal(verdict(unfixed, true).verdict, "pass");
  const failed = verdict(exploited, true);
  assert.equal(failed.verdict, "fail");
  assert.match(failed.reason, /critical, or exploited, with a fix available/);
});

test("the order of findings does not depend on the order in which the check gives them", () => {
  fc.assert(
    fc.property(drafts, (many) => {
      const keys = (list: readonly FindingDraft[]) => list.map((one) => [one.severity, one.fix, one.subject]);
      const forwards = run(many).findings;
      assert.deepEqual(keys(forwards), keys(run(many.toReversed()).findings));
      assert.ok(forwards.every((one, i) => i === 0 || compareFindings(forwards[i - 1] ?? one, one) <= 0));
    }),
  );
});

test("what a statement dismisses is set aside with its reason; what it notes stays and says so", () => {
  const exception = { reason: "VEX fixed", owner: "Shop", source: { path: "web.vex.json" } };
  const judge = (assessment: Assessment) =>
    runCheck(
      check("partial"),
      { drafts: present([draft("critical")], seen) },
      { asset, policy: defaultPolicy, now, assess: () => assessment },
    );
  const dismissed = judge({ kind: "dismissed", exception });
  assert.equal(dismissed.verdict, "pass");
  assert.deepEqual(
    dismissed.excepted.map(({ exception: use }) => use),
    [exception],
  );
  const noted = judge({ kind: "noted", note: "VEX affected" });
  assert.equal(noted.verdict, "fail");
  assert.equal(noted.findings[0]?.detail, "VEX affected");
});

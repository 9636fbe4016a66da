import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { unopenedImage } from "./asset.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Finding, FindingDraft } from "./finding.ts";
import type { Policy } from "./policy.ts";
import { rejudge } from "./rejudge.ts";
import { runCheck } from "./runner.ts";

const now = new Date("2026-11-28T12:00:00Z");
const asset = unopenedImage("registry.example.com/shop/api");
const draft: FindingDraft = {
  subject: "CVE-1 pkg:npm/a",
  severity: "critical",
  title: "CVE-1 in a 1.0.0",
  locations: [{ kind: "config", field: "packages" }],
  matches: { ids: ["CVE-1"] },
  fix: { kind: "instruction", text: "upgrade" },
  evidence: {},
};
const found: Finding = { ...draft, check: "image/known-vulnerabilities", fingerprint: "f", overThreshold: true };

function evaluation(stated: Partial<Evaluation>): Evaluation {
  return {
    check: "image/known-vulnerabilities",
    asset,
    verdict: "pass",
    reason: "no findings",
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-11-27T00:00:00Z",
    ...stated,
  };
}

const exception = {
  ids: ["CVE-1"],
  reason: "r",
  owner: "o",
  expires: "2026-11-28",
  source: { path: "bulkhead.yaml", line: 1, column: 1 },
};
const excepting: Policy = { ...defaultPolicy, exceptions: [exception] };
const verdictOf = (kept: Evaluation, policy = defaultPolicy, at = now) =>
  rejudge(kept, "vulnerability", { policy, now: at }).verdict;

test("an exception that has ended, or that this policy does not have, no longer holds; one that it has does", () => {
  const kept = evaluation({ excepted: [{ finding: { ...found, overThreshold: false }, exception }] });
  assert.equal(verdictOf(kept, excepting), "pass");
  assert.equal(verdictOf(kept, excepting, new Date("2026-11-29T00:00:00Z")), "fail");
  assert.equal(verdictOf(kept), "fail");
  assert.equal(verdictOf(evaluation({ verdict: "fail", findings: [found] }), excepting), "pass");
});

test("what a statement dismissed stays dismissed", () => {
  const { expires: _, ...statement } = exception;
  assert.equal(verdictOf(evaluation({ excepted: [{ finding: found, exception: statement }] })), "pass");
});

test("thresholds of this policy decide", () => {
  const high = { ...found, severity: "high" as const, overThreshold: false };
  const kept = evaluation({ findings: [high] });
  assert.equal(verdictOf(kept), "pass");
  const thresholds = {
    ...defaultPolicy.thresholds,
    vulnerability: { severity: "high" as const, fixableOnly: true },
  };
  assert.equal(verdictOf(kept, { ...defaultPolicy, thresholds }), "fail");
});

test("a validity that is over, and what nobody judged, are unknown", () => {
  assert.equal(verdictOf(evaluation({ validUntil: "2026-11-28T12:00:00Z" })), "pass");
  assert.equal(verdictOf(evaluation({ validUntil: "2026-11-28T11:59:59Z" })), "unknown");
  assert.equal(verdictOf(evaluation({ validUntil: "never" })), "unknown");
  const stale = evaluation({ verdict: "fail", findings: [found], validUntil: "2026-11-01T00:00:00Z" });
  assert.equal(verdictOf(stale), "fail");
  assert.equal(verdictOf(evaluation({ verdict: "unknown", reason: "no evidence collected" })), "unknown");
});

test("under the policy and at the moment that it was made it is what it was", () => {
  const check = {
    id: "image/known-vulnerabilities",
    title: "t",
    layer: "image",
    category: "vulnerability",
    controls: [2],
    severity: "varies",
    documentation: { what: "", why: "", fix: "", references: [] },
    subject: "image",
    needs: { facts: "partial" },
    *evaluate({ facts }: { readonly facts: readonly FindingDraft[] }) {
      yield* facts;
    },
  } as const;
  const unrated = { ...draft, severity: "unknown" as const, subject: "b" };
  const gap = { code: "advisories.absent", reason: "none" };
  for (const facts of [[], [draft], [unrated], [draft, unrated]]) {
    for (const gaps of [[], [gap]]) {
      for (const policy of [defaultPolicy, excepting]) {
        const evidence = { facts: { state: "present" as const, facts, observedAt: now.toISOString(), gaps } };
        const made = runCheck(check, evidence, { asset, policy, now });
        assert.deepEqual(rejudge(made, "vulnerability", { policy, now }), made);
      }
    }
  }
});

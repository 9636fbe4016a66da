import assert from "node:assert/strict";
import { material, NOW } from "./made-signatures.fixture.ts";
import type { FoundSignature, TrustMaterial, VerifiedSignature } from "./model.ts";
import { verifySignature } from "./verify.ts";

export function told(verdict: VerifiedSignature): string {
  return verdict.steps.map(({ step, outcome, detail }) => `${step} ${outcome}: ${detail}`).join("\n");
}

/** The verdict on a signature that must hold. */
export function verified(found: FoundSignature, trusted: TrustMaterial = material, now = NOW) {
  const verdict = verifySignature(found, trusted, now);
  assert.equal(verdict.outcome, "verified", told(verdict));
  return verdict;
}

/** `log: trust.log: the log entry is of another signature`, of one that must not. */
export function refusal(found: FoundSignature, trusted: TrustMaterial = material, now = NOW): string {
  const verdict = verifySignature(found, trusted, now);
  assert.equal(verdict.outcome, "refused", told(verdict));
  const last = verdict.steps.at(-1);
  assert.ok(last?.outcome === "fails" && last.detail === verdict.refusal.reason, "the last step is the one that fails");
  assert.ok(verdict.steps.slice(0, -1).every(({ outcome }) => outcome !== "fails"));
  return `${last.step}: ${verdict.refusal.code}: ${verdict.refusal.reason}`;
}

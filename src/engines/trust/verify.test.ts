import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  foundBundle,
  keys,
  madeBundle,
  material,
  NOW,
  PREDICATE_TYPE,
  SUBJECT,
  shopSigner,
} from "./made-signatures.fixture.ts";
import type { FoundSignature, TrustMaterial, VerifiedSignature } from "./model.ts";
import { IDENTITY, ISSUER } from "./sigstore/made-sigstore.fixture.ts";
import { verifySignature } from "./verify.ts";

function verified(found: FoundSignature, trusted: TrustMaterial = material) {
  const verdict = verifySignature(found, trusted, NOW);
  assert.equal(verdict.outcome, "verified", verdict.outcome === "refused" ? told(verdict) : "");
  return verdict;
}

function told(verdict: VerifiedSignature): string {
  const steps = verdict.steps.map(({ step, outcome, detail }) => `${step} ${outcome}: ${detail}`);
  return steps.join("\n");
}

/** `log: trust.log: the log entry is…` */
function _refusal(found: FoundSignature, trusted: TrustMaterial = material, now = NOW): string {
  const verdict = verifySignature(found, trusted, now);
  assert.equal(verdict.outcome, "refused", told(verdict));
  const last = verdict.steps.at(-1);
  assert.ok(
    last?.outcome === "fails" && last.detail === verdict.refusal.reason,
    "the last step told is the failing one",
  );
  assert.ok(verdict.steps.slice(0, -1).every(({ outcome }) => outcome !== "fails"));
  return `${last.step}: ${verdict.refusal.code}: ${verdict.refusal.reason}`;
}

const _byKey = { kind: "key", keys } as const;
const _byShop = { kind: "identity", certificate: shopSigner } as const;
const ALL = ["form", "subject", "time", "signer", "certificate-log", "signature", "log"];
const signedByIdentity = { kind: "identity", identity: IDENTITY, issuer: ISSUER, root: "test", claims: {} };

describe("what holds says who signed what and when, by every step", () => {
  test("keyless bundles, in either version of the log", () => {
    for (const entry of ["hashedrekord 0.0.2", "dsse 0.0.2", "dsse 0.0.1", "intoto 0.0.1", "intoto 0.0.2"] as const) {
      const { steps, signers, times, content, form } = verified(foundBundle(madeBundle({ entry })));
      assert.deepEqual(
        steps.map(({ step, outcome }) => `${step} ${outcome}`),
        ALL.map((step) => `${step} holds`),
        entry,
      );
      assert.deepEqual(signers, [signedByIdentity]);
      assert.equal(form, "bundle-attestation");
      assert.ok(times.every(({ at }) => at === "2026-05-01T12:00:00Z") && times.length > 0);
      assert.deepEqual(content, {
        kind: "statement",
        predicateType: PREDICATE_TYPE,
        subjects: [{ name: "shop/api", digest: { sha256: SUBJECT.slice(7) } }],
        predicate: { builder: "shop" },
      });
    }
  });
});

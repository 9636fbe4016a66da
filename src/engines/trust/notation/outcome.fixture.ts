import assert from "node:assert/strict";
import type { TrustMaterial, VerifiedSignature } from "../model.ts";
import type { Made } from "../x509/made-certificates.fixture.ts";
import {
  type EnvelopeWish,
  type Format,
  foundEnvelope,
  madeEnvelope,
  material,
  NOW,
} from "./made-envelopes.fixture.ts";
import { verifyNotation } from "./verify.ts";

export function verified(format: Format, wish: EnvelopeWish = {}, trusted: TrustMaterial = material, now = NOW) {
  return verifyNotation(foundEnvelope(format, madeEnvelope(format, wish)), trusted, now);
}

/** `trust.time: the signature expired…`, or `verified`. */
export function outcome(signature: VerifiedSignature): string {
  if (signature.outcome === "verified") return "verified";
  // The step that failed is the last, and says the same.
  const last = signature.steps.at(-1);
  assert.equal(last?.outcome, "fails");
  assert.equal(last.detail, signature.refusal.reason);
  return `${last.step}: ${signature.refusal.code}: ${signature.refusal.reason}`;
}

export function shopOf(...certificates: readonly Made[]): TrustMaterial {
  const authority = { name: "shop", purpose: "signing", certificates: certificates.map(({ der }) => der) } as const;
  return { roots: [], keys: [], authorities: [authority] };
}

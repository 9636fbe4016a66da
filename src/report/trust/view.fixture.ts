import type { AttemptView, VerifyView } from "./verify-view.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}`;

const workflow = "https://github.com/shop/api/.github/workflows/release.yml";
const issuer = "https://token.actions.githubusercontent.com";

const byMain: AttemptView = {
  form: "bundle signature",
  place: `referrer ${digest("b")}`,
  digest: digest("9"),
  beside: "index",
  predicateType: "https://sigstore.dev/cosign/sign/v1",
  signers: [{ kind: "identity", identity: `${workflow}@refs/heads/main`, issuer, root: "public-good" }],
  outcome: "not accepted",
  reasons: [`release: identity ends with @refs/heads/main, not @refs/tags/*`],
  steps: [
    { step: "form", outcome: "holds", detail: "Sigstore bundle v0.3" },
    { step: "subject", outcome: "holds", detail: `statement names ${digest("9")}` },
  ],
  times: [{ by: "log", at: "2026-11-24T10:00:00Z", detail: "123456789" }],
};

const byStranger: AttemptView = {
  form: "cosign .sig",
  place: `tag sha256-${"9".repeat(64)}.sig`,
  digest: digest("9"),
  beside: "index",
  signers: [],
  outcome: "refused",
  code: "trust.unknown-key",
  reasons: ["no trusted key made this signature"],
  steps: [
    { step: "form", outcome: "holds", detail: "simple signing" },
    { step: "signer", outcome: "fails", detail: "no trusted key made this signature" },
  ],
  times: [],
};

/** As a key of the policy accepts it. */
export const accepted: AttemptView = {
  form: "cosign .sig",
  place: `tag sha256-${"9".repeat(64)}.sig`,
  digest: digest("9"),
  signers: [{ kind: "key", name: "security", fingerprint: digest("7") }],
  outcome: "accepted",
  reasons: ["counts as security"],
  steps: [
    { step: "form", outcome: "holds", detail: "simple signing" },
    { step: "subject", outcome: "holds", detail: `payload names ${digest("9")}` },
    { step: "time", outcome: "not-asked", detail: "a key is trusted without a time" },
    { step: "signer", outcome: "holds", detail: `key security ${digest("7")}` },
    { step: "signature", outcome: "holds", detail: "ECDSA over 243 bytes" },
  ],
  times: [],
};

export const refusedView: VerifyView = {
  reference: "registry.example.com/shop/api:2.0.1",
  verdict: "not trusted",
  reason: "1 of 1 signer is missing: release",
  resolved: `registry.example.com/shop/api@${digest("9")}`,
  resolvedAt: "2026-11-27T10:00:00.000Z",
  images: 2,
  rules: "trusted: bulkhead.yaml, trust.images[0]",
  needs: [
    {
      text: "signed by release",
      details: [`identity ${workflow}@refs/tags/*`, `issuer ${issuer}`],
      place: "bulkhead.yaml:14:7",
      outcome: "unmet",
      reasons: ["no signature by it"],
    },
  ],
  tried: [byMain, byStranger],
  covers: [
    { digest: digest("9"), name: "index", signed: "no", reason: "no accepted signature" },
    { digest: digest("a"), name: "linux/amd64", signed: "no", reason: "no accepted signature" },
    { digest: digest("b"), name: "linux/arm64", signed: "unknown", reason: "its signatures were not read" },
  ],
  ages: ["signed 3 days ago by log entry 123456789"],
  gaps: [
    {
      code: "trust.referrers",
      reason: "the referrers of linux/arm64 could not be listed: connection refused",
      remedy: "try again",
    },
  ],
  notes: [],
  next: ["bulkhead sign registry.example.com/shop/api:2.0.1 --key cosign.key"],
};

export const trustedView: VerifyView = {
  ...refusedView,
  verdict: "trusted",
  reason: "signed by security",
  needs: [{ text: "signed by security", details: [`key ${digest("7")}`], outcome: "met", reasons: [] }],
  tried: [accepted],
  covers: [{ digest: digest("9"), name: "linux/amd64", signed: "yes" }],
  gaps: [],
  next: [],
};

/** Keys whose values are words of our own. */
const OURS = new Set(["kind", "outcome", "signed", "state", "step", "verdict"]);

/** The view with every foreign text of it longer by some text. */
export function withMore<View>(view: View, more: string): View {
  if (typeof view === "string") return `${view}${more}` as View;
  if (Array.isArray(view)) return view.map((item) => withMore(item, more)) as View;
  if (typeof view !== "object" || view === null) return view;
  const entries = Object.entries(view).map(([key, item]) => [key, OURS.has(key) ? item : withMore(item, more)]);
  return Object.fromEntries(entries) as View;
}

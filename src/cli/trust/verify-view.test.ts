import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import type { ImageDecision, SubjectDecision } from "../../engines/trust/decision-model.ts";
import type { ImageTrust, Signer, VerifiedSignature } from "../../engines/trust/model.ts";
import type { ImageRule, TrustRules } from "../../engines/trust/rules-model.ts";
import { verifyViewOf } from "./verify-view.ts";

const digestOf = (character: string) => `sha256:${character.repeat(64)}` as Digest;
const index = digestOf("9");
const now = new Date("2026-11-27T12:00:00Z");

const byMain: Signer = {
  kind: "identity",
  identity: "https://github.com/shop/api/.github/workflows/release.yml@refs/heads/main",
  issuer: "https://token.actions.githubusercontent.com",
  root: "public-good",
  claims: {},
};
const byKey: Signer = { kind: "key", name: "keys/security.pub", fingerprint: digestOf("7") };

const signed = (signer: Signer): VerifiedSignature => ({
  form: "cosign-sig",
  subject: index,
  place: { by: "tag", name: `sha256-${"9".repeat(64)}.sig` },
  steps: [{ step: "signature", outcome: "holds", detail: "ECDSA" }],
  outcome: "verified",
  signers: [signer],
  times: [{ by: "log", at: "2026-11-24T10:00:00Z", detail: "123456789" }],
  content: { kind: "image", digest: index, annotations: {} },
});
const refused: VerifiedSignature = {
  form: "notation-jws",
  subject: index,
  place: { by: "referrers", name: digestOf("c"), manifest: digestOf("c") },
  steps: [{ step: "form", outcome: "fails", detail: "not JSON" }],
  outcome: "refused",
  refusal: { code: "trust.form", reason: "envelope is not JSON" },
};

const rule: ImageRule = {
  match: "registry.example.com/shop/**",
  signedBy: { of: ["release", "security"], atLeast: 2 },
  attestations: [],
  eachImage: true,
};
const signers: TrustRules["signers"] = {
  release: {
    kind: "identity",
    identity: "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*",
    issuer: "https://token.actions.githubusercontent.com",
  },
  security: { kind: "key", file: "keys/security.pub" },
};

const subject: SubjectDecision = {
  digest: index,
  verdict: "not-trusted",
  reason: "signed by 1 of 2: release is missing",
  requirements: [
    {
      rule: 0,
      requirement: { kind: "signatures", signedBy: { of: ["release", "security"], atLeast: 2 } },
      outcome: "missed",
      reason: "signed by 1 of 2: release is missing",
      counted: ["security"],
      attempts: [
        { signature: 0, outcome: "refused", code: "trust.signer", reason: "ref differs: refs/heads/main" },
        { signature: 1, outcome: "counts", signers: ["security"] },
      ],
    },
  ],
  tried: [
    {
      signature: signed(byMain),
      signers: [],
      refusal: { code: "trust.signer", reason: "ref differs: refs/heads/main" },
    },
    { signature: signed(byKey), signers: ["security"] },
    { signature: refused, signers: [], refusal: { code: "trust.form", reason: "envelope is not JSON" } },
  ],
  gaps: [],
};

const child: SubjectDecision & { platform: string } = {
  platform: "linux/arm64",
  digest: digestOf("a"),
  verdict: "unknown",
  reason: "its signatures were not read",
  requirements: [
    {
      rule: 0,
      requirement: { kind: "signatures", signedBy: { of: ["release", "security"], atLeast: 2 } },
      outcome: "unknown",
      reason: "its signatures were not read",
      counted: [],
      attempts: [],
    },
  ],
  tried: [],
  gaps: [{ code: "trust.referrers", reason: "connection refused" }],
};

const decision: ImageDecision = {
  reference: "registry.example.com/shop/api:2.0.1",
  verdict: "not-trusted",
  reason: "signed by 1 of 2: release is missing",
  rules: [{ index: 3, rule, vouched: true }],
  subject,
  children: [child],
};
const image: ImageTrust = {
  reference: decision.reference,
  subject: { digest: index, signatures: [signed(byMain), signed(byKey), refused], gaps: [] },
  children: [{ digest: digestOf("a"), signatures: [], gaps: child.gaps, platform: "linux/arm64" }],
  resolvedAt: "2026-11-27T11:59:59.000Z",
};
const context = { resolved: `registry.example.com/shop/api@${index}`, origin: "trusted: bulkhead.yaml", signers, now };

test("each signature is told in the order in which it was tried, with what became of it", () => {
  const view = verifyViewOf(image, decision, context);
  assert.equal(view.verdict, "not trusted");
  assert.equal(view.images, 1);
  assert.deepEqual(
    view.tried.map(({ form, beside, outcome, code, reasons }) => [form, beside, outcome, code, reasons]),
    [
      ["cosign .sig", "index", "not accepted", "trust.signer", ["ref differs: refs/heads/main"]],
      ["cosign .sig", "index", "accepted", undefined, ["counts as security"]],
      ["notation JWS", "index", "refused", "trust.form", ["envelope is not JSON"]],
    ],
  );
  assert.deepEqual(view.tried[1]?.steps, [{ step: "signature", outcome: "holds", detail: "ECDSA" }]);
  // Who is said to have signed what does not hold is an attacker's word.
  assert.deepEqual(view.tried[2]?.signers, []);
});

test("what a rule asks for is told with its place and its signers in full", () => {
  const { needs } = verifyViewOf(image, decision, context);
  assert.deepEqual(needs[0], {
    text: "signed by release and security",
    details: [
      "release: identity https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*",
      "issuer https://token.actions.githubusercontent.com",
      "security: key keys/security.pub",
    ],
    place: "trust.images[3]",
    outcome: "unmet",
    reasons: ["signed by 1 of 2: release is missing"],
  });
});

test("of an index each image is told: what is asked of it, and whether it is covered", () => {
  const view = verifyViewOf(image, decision, context);
  assert.deepEqual(
    view.needs.slice(1).map(({ text, outcome }) => [text, outcome]),
    [["linux/arm64: signed by release and security", "unknown"]],
  );
  assert.deepEqual(
    view.covers.map(({ name, signed: isSigned }) => [name, isSigned]),
    [
      ["index", "no"],
      ["linux/arm64", "unknown"],
    ],
  );
  assert.deepEqual(view.gaps, [{ code: "trust.referrers", reason: "linux/arm64: connection refused" }]);
  const once = { ...decision, rules: [{ index: 3, rule: { ...rule, eachImage: false }, vouched: true }] };
  assert.equal(verifyViewOf(image, once, context).needs.length, 1);
});

test("ages are of the signatures that count, by times that are vouched for", () => {
  assert.deepEqual(verifyViewOf(image, decision, context).ages, [
    "signed 3 days ago: 2026-11-24T10:00:00Z by log entry 123456789",
  ]);
  const until = verifyViewOf(image, { ...decision, validUntil: "2026-12-01T00:00:00Z" }, context).ages;
  assert.equal(until.at(-1), "trusted until 2026-12-01T00:00:00Z, if nothing changes");
});

test("an image that no rule is about is unknown, and what holds is told all the same", () => {
  const none: ImageDecision = {
    ...decision,
    verdict: "no-rule",
    reason: "no rule is about it",
    rules: [],
    subject: { ...subject, verdict: "no-rule", requirements: [], tried: [{ signature: signed(byKey), signers: [] }] },
    children: [],
  };
  const view = verifyViewOf({ ...image, children: [] }, none, context);
  assert.equal(view.verdict, "unknown");
  assert.match(view.next.join(), /^name who must have signed: --key FILE/);
  assert.deepEqual(
    view.tried.map(({ outcome, reasons }) => [outcome, reasons]),
    [["not accepted", ["no rule asks for it"]]],
  );
  assert.deepEqual(view.covers, [{ digest: index, name: "image", signed: "unknown", reason: subject.reason }]);
});

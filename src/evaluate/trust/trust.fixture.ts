/** Images with what is signed of them, and policies over them. */
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import type { DecisionRules } from "../../engines/trust/decision-model.ts";
import type {
  ImageTrust,
  Refusal,
  SignatureForm,
  SignedContent,
  SignedTime,
  Signer,
  Statement,
  VerifiedSignature,
} from "../../engines/trust/model.ts";
import { GITHUB, githubSigner } from "../../engines/trust/provenance/provenance.fixture.ts";
import type { ImageRule, SignerRule, TrustRules } from "../../engines/trust/rules-model.ts";

export const now = new Date("2026-11-27T12:00:00Z");

export function digestOf(character: string): Digest {
  return `sha256:${character.repeat(64)}` as Digest;
}

export const index = digestOf("9");
export const amd64 = digestOf("a");
export const arm64 = digestOf("b");

export const release = githubSigner();
export const security: Signer = { kind: "key", name: "security.pub", fingerprint: digestOf("5") };
export const packager: Signer = {
  kind: "certificate",
  subject: "CN=packager,O=Shop",
  authority: "ca.pem",
  fingerprint: digestOf("6"),
};
export const stranger: Signer = { kind: "key", name: "stranger.pub", fingerprint: digestOf("7") };

export const signers: Readonly<Record<string, SignerRule>> = {
  release: {
    kind: "identity",
    identity: "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*",
    issuer: GITHUB,
  },
  security: { kind: "key", file: "security.pub" },
  packager: { kind: "certificate", subject: "CN=packager,O=Shop", ca: "ca.pem" },
};

export interface Made {
  readonly form?: SignatureForm;
  readonly subject?: Digest;
  readonly at?: string;
  readonly times?: readonly SignedTime[];
}

export function signed(
  by: Signer | readonly [Signer, ...Signer[]],
  made: Made & { content?: SignedContent } = {},
): VerifiedSignature {
  const { form = "cosign-sig", subject = index, at = "2026-11-24T10:00:00Z" } = made;
  return {
    form,
    subject,
    place: { by: "tag", name: "sha256-9.sig" },
    steps: [{ step: "signature", outcome: "holds", detail: "ECDSA" }],
    outcome: "verified",
    signers: Array.isArray(by) ? (by as readonly [Signer, ...Signer[]]) : [by as Signer],
    times: made.times ?? [{ by: "log", at }],
    content: made.content ?? { kind: "image", digest: subject, annotations: {} },
  };
}

export function attested(by: Signer, content: Statement, made: Made = {}): VerifiedSignature {
  return signed(by, { form: "bundle-attestation", ...made, content });
}

export function statement(predicateType: string, predicate: unknown): Statement {
  return { kind: "statement", predicateType, subjects: [{ digest: { sha256: "9".repeat(64) } }], predicate };
}

export function refused(refusal: Refusal, form: SignatureForm = "cosign-sig", subject = index): VerifiedSignature {
  return {
    form,
    subject,
    place: { by: "tag", name: "sha256-9.sig" },
    steps: [{ step: "form", outcome: "fails", detail: refusal.reason }],
    outcome: "refused",
    refusal,
  };
}

export function imageWith(
  signatures: readonly VerifiedSignature[],
  more: { gaps?: readonly Gap[]; children?: ImageTrust["children"]; reference?: string } = {},
): ImageTrust {
  return {
    reference: more.reference ?? "registry.example.com/shop/api:2.0.1",
    subject: { digest: index, signatures, gaps: more.gaps ?? [] },
    children: more.children ?? [],
    resolvedAt: now.toISOString(),
  };
}

export function child(
  platform: string,
  digest: Digest,
  signatures: readonly VerifiedSignature[],
  gaps: readonly Gap[] = [],
) {
  return { platform, digest, signatures, gaps };
}

export function rule(own: Partial<ImageRule> = {}): ImageRule {
  return {
    match: "registry.example.com/shop/**",
    signedBy: { of: ["release"], atLeast: 1 },
    attestations: [],
    eachImage: false,
    ...own,
  };
}

export function rulesOf(images: readonly ImageRule[], own: Partial<TrustRules> = {}, vouched = true): DecisionRules {
  return {
    trust: { roots: [{ kind: "public-good" }], signers, builders: [], images, ...own },
    vouched,
    keys: new Map([["security.pub", digestOf("5")]]),
  };
}

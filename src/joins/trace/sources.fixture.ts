/** Sources of a trace in which everything was looked at that an image alone tells. */
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { ImageAsset } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import type { Relation } from "../../core/relation.ts";
import type { SubjectDecision, TriedSignature } from "../../engines/trust/decision-model.ts";
import type { SignedContent, VerifiedSignature } from "../../engines/trust/model.ts";
import type { TraceSources } from "./model.ts";

export const digestOf = (character: string) => `sha256:${character.repeat(64)}` as Digest;
export const digest = digestOf("a");
export const config = digestOf("c");
export const reference = "registry.example.com/shop/api:4.0.0";
export const now = new Date("2026-11-27T12:00:00Z");
export const gap = { code: "oci.unreadable", reason: "layer 2 is broken" };

export function signature(content: SignedContent): VerifiedSignature {
  return {
    form: "cosign-sig",
    subject: digest,
    place: { by: "tag", name: `sha256-${"a".repeat(64)}.sig`, manifest: digestOf("d") },
    steps: [{ step: "signature", outcome: "holds", detail: "ECDSA" }],
    outcome: "verified",
    signers: [{ kind: "key", name: "shop.pub", fingerprint: digestOf("7") }],
    times: [{ by: "log", at: "2026-11-24T10:00:00Z" }],
    content,
  };
}

export const image: SignedContent = { kind: "image", digest, annotations: {} };
export const statement = (predicateType: string, predicate: unknown): SignedContent => ({
  kind: "statement",
  predicateType,
  subjects: [],
  predicate,
});

const asset: ImageAsset = {
  kind: "image",
  id: config,
  identifiedBy: "config",
  lineage: "registry.example.com/shop/api",
  name: reference,
  references: [],
};

export const evaluation = (check: string, more: Partial<Evaluation> = {}): Evaluation => ({
  check,
  asset,
  verdict: "pass",
  reason: "none found",
  findings: [],
  excepted: [],
  evidence: {},
  gaps: [],
  observedAt: now.toISOString(),
  ...more,
});

const builtFrom: Relation = {
  type: "builtFrom",
  from: { kind: "image", id: config, identifiedBy: "config", name: reference },
  to: { kind: "image", id: "debian:13", identifiedBy: "reference", name: "debian:13" },
  observedAt: now.toISOString(),
  evidence: { by: "layers" },
  gaps: [],
};

export const runs = (name: string, evidence: Record<string, string>): Relation => ({
  ...builtFrom,
  type: "runs",
  from: { kind: "workload", id: "shop/Deployment/api", name: "shop/Deployment/api" },
  to: { kind: "image", id: name, identifiedBy: "reference", name },
  evidence,
});

export const policy: Policy = defaultPolicy;

export function sources(tried: readonly TriedSignature[], more: Partial<TraceSources> = {}): TraceSources {
  const subject: SubjectDecision = { digest, verdict: "trusted", reason: "", requirements: [], tried, gaps: [] };
  return {
    image: {
      reference,
      subject: { digest, signatures: [], gaps: [] },
      children: [],
      resolvedAt: "2026-11-27T11:59:59.000Z",
    },
    decision: { reference, verdict: "trusted", reason: "", rules: [], subject, children: [] },
    vouches: (name) => name === "release",
    judgeBuild: () => ({ outcome: "refused", code: "trust.builder", reason: "no builder is known" }),
    scanned: {
      configDigest: config,
      manifestDigest: digest,
      platform: "linux/amd64",
      labels: {},
      evaluations: [
        evaluation("image/known-vulnerabilities", {
          basis: { databases: [{ label: "advisories", asOf: "2026-11-26" }] },
        }),
        evaluation("image/embedded-secret"),
      ],
      relations: [builtFrom],
    },
    places: { gap: { code: "trace.places", reason: "no manifests and no cluster were given" } },
    pushes: { gap: { code: "trace.push-log", reason: "no log" } },
    admissions: { gap: { code: "trace.admission-log", reason: "no decisions" } },
    behavior: { gap: { code: "trace.detector-log", reason: "no detector" } },
    policy,
    now,
    ...more,
  };
}

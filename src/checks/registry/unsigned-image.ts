import type { FindingDraft } from "../../core/finding.ts";
import type { ImageDecision } from "../../engines/trust/decision-model.ts";
import { trustCheck } from "../findings/trust-finding.ts";
import type { ImageTrustCheck } from "../subjects/trust.ts";

const byRule = trustCheck({
  name: "unsigned-image",
  layer: "registry",
  about: "signers",
  title: "Unsigned images",
  severity: "high",
  documentation: {
    what: "Checks for signatures of the image (`--verify`): in cosign's tags, as referrers, and beside it in an OCI layout, in every form that Bulkhead reads. Reported: images without a signature, whether a rule of `trust.images` applies to them or not.",
    why: "Without a signature nothing tells an image that you built from one that somebody else has pushed to the same name.",
    fix: "Sign the image's digest where it is released: `bulkhead sign REF@sha256:…` in the release workflow.",
    references: [
      "https://docs.sigstore.dev/cosign/signing/overview/",
      "https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md",
    ],
  },
  found: ({ requirement }) => requirement.attempts.length === 0,
  says: () => "The image is not signed",
  fix: "sign the digest where it is released: bulkhead sign",
});

/** Images without any signature. */
export const unsignedImage: ImageTrustCheck<"signers"> = {
  ...byRule,
  *evaluate(facts, now) {
    yield* byRule.evaluate(facts, now);
    const { signers: decision } = facts;
    if (decision.verdict === "no-rule" && !hasSignature(decision)) yield unsigned(decision);
  },
};

/** Whether a look at it found one at all, whoever made it and whether it holds. */
function hasSignature({ subject }: ImageDecision): boolean {
  return subject.tried.some(
    ({ signature }) =>
      signature.outcome === "refused" || signature.content.kind === "image" || signature.form === "bundle-signature",
  );
}

function unsigned({ reference, subject }: ImageDecision): FindingDraft {
  return {
    subject: "signature",
    severity: "high",
    title: "The image is not signed",
    detail: "no rule of trust.images is about it",
    locations: [{ kind: "config", field: "signatures" }],
    matches: { ids: ["registry/unsigned-image"] },
    fix: { kind: "instruction", text: "sign the digest where it is released: bulkhead sign" },
    evidence: { reference, digest: subject.digest },
  };
}

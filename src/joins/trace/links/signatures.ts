import { counted } from "../../../core/counted.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { missedRequirements, undecidedRequirements } from "../requirements.ts";
import { knownSignatures, signatureEvidence, signatureGaps, stateOfSignature } from "../signatures.ts";

/** Signature of an image as a statement that says nothing else. */
const SIGN = "https://sigstore.dev/cosign/sign/v1";

/** Who signed it, and how much more there is that does not hold. */
export function signatures(sources: TraceSources): LinkParts {
  const signed = knownSignatures(sources).filter(
    ({ signature: { content } }) => content.kind === "image" || content.predicateType === SIGN,
  );
  const { subject, children } = sources.decision;
  const refused = [subject, ...children].flatMap(({ tried }) =>
    tried.filter(({ signature }) => signature.outcome === "refused"),
  ).length;
  const facts: LinkFact[] = signed.map((known) => ({
    text: known.signers.length > 0 ? `signed by ${known.signers.join(", ")}` : "signed by nobody whom the rules name",
    state: stateOfSignature(known),
    evidence: signatureEvidence(known),
  }));
  const more: LinkFact[] =
    refused === 0
      ? []
      : [
          {
            text: `${counted(refused, "signature or attestation", "signatures or attestations")} refused`,
            state: "observed",
            evidence: { why: "bulkhead verify tells each reason" },
          },
        ];
  return {
    facts: [...facts, ...more],
    gaps: [...undecidedRequirements(sources, "signatures"), ...signatureGaps(sources)],
    breaks: missedRequirements(sources, "signatures"),
  };
}

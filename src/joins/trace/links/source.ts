import { certifiedSource } from "../../../engines/trust/provenance/judge.ts";
import type { BuildSource } from "../../../engines/trust/provenance/model.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { tracedBuilds } from "../provenance.ts";
import { missedRequirements } from "../requirements.ts";
import { knownSignatures, signatureEvidence, signatureGaps, stateOfSignature } from "../signatures.ts";

const SOURCE = "org.opencontainers.image.source";
const REVISION = "org.opencontainers.image.revision";

/** Which commit of which repository it was built from: by provenance, by certificates of its signers, by its labels. */
export function source(sources: TraceSources): LinkParts {
  const facts = [...built(sources), ...certified(sources), ...labelled(sources)];
  // What several say alike is told once, by the best of them.
  const told = new Map<string, LinkFact>();
  for (const fact of facts) {
    const known = told.get(fact.text);
    if (known === undefined || (known.state !== "verified" && fact.state === "verified")) told.set(fact.text, fact);
  }
  const unread = "gap" in sources.scanned ? [sources.scanned.gap] : [];
  return {
    facts: [...told.values()],
    gaps: [...signatureGaps(sources), ...unread],
    breaks: missedRequirements(sources, "source"),
  };
}

function built(sources: TraceSources): LinkFact[] {
  return tracedBuilds(sources).flatMap(({ known, state, source: from, refusal }): LinkFact[] => {
    const text = sourceText(from);
    if (text === undefined) return [];
    const why = refusal === undefined ? {} : { but: refusal };
    return [{ text, state, evidence: { from: "provenance", ...signatureEvidence(known), ...why } }];
  });
}

function certified(sources: TraceSources): LinkFact[] {
  return knownSignatures(sources).flatMap((known) =>
    known.signature.signers.flatMap((signer): LinkFact[] => {
      const text = signer.kind === "identity" ? sourceText(certifiedSource(signer.claims)) : undefined;
      if (text === undefined) return [];
      return [
        { text, state: stateOfSignature(known), evidence: { from: "the certificate", ...signatureEvidence(known) } },
      ];
    }),
  );
}

function labelled({ scanned }: TraceSources): LinkFact[] {
  if ("gap" in scanned) return [];
  const repository = scanned.labels[SOURCE];
  const commit = scanned.labels[REVISION];
  if (repository === undefined && commit === undefined) return [];
  const text = sourceText({
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
  });
  return text === undefined
    ? []
    : [{ text, state: "claimed", evidence: { from: `the label ${repository === undefined ? REVISION : SOURCE}` } }];
}

/** `github.com/shop/api at 0123… (refs/tags/v1)`; undefined where neither repository nor commit is told. */
function sourceText({ repository, commit, ref }: BuildSource): string | undefined {
  if (repository === undefined && commit === undefined) return undefined;
  const at = commit === undefined ? "" : ` at ${commit}`;
  return `${repository ?? "a repository that is not named"}${at}${ref === undefined ? "" : ` (${ref})`}`;
}

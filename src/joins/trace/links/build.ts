import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { type TracedBuild, tracedBuilds } from "../provenance.ts";
import { missedRequirements, undecidedRequirements } from "../requirements.ts";
import { signatureEvidence, signatureGaps } from "../signatures.ts";

/** Who built it, by which workflow, when and for what trigger. */
export function build(sources: TraceSources): LinkParts {
  return {
    facts: tracedBuilds(sources).map(factOf),
    gaps: [...undecidedRequirements(sources, "build"), ...signatureGaps(sources)],
    breaks: missedRequirements(sources, "build"),
  };
}

function factOf({ known, state, provenance, source, level, refusal }: TracedBuild): LinkFact {
  const { builder, trigger, run, finishedAt, startedAt, dependencyCount } = provenance;
  const at = finishedAt ?? startedAt;
  return {
    text: [
      `by ${builder}`,
      ...(level === undefined ? [] : [`SLSA level ${level}`]),
      ...(source.workflow === undefined ? [] : [source.workflow]),
      ...(at === undefined ? [] : [at]),
    ].join(", "),
    state,
    evidence: {
      ...signatureEvidence(known),
      ...(trigger === undefined ? {} : { trigger }),
      ...(run === undefined ? {} : { run }),
      dependencies: String(dependencyCount),
      ...(refusal === undefined ? {} : { but: refusal }),
    },
  };
}

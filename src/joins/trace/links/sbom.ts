import { counted } from "../../../core/counted.ts";
import { isKind } from "../../../engines/trust/predicates/reports.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { readSbom } from "../predicates.ts";
import { signatureEvidence, signatureGaps, statements, stateOfSignature } from "../signatures.ts";

/** What others say is in it; what is in it, this run can tell by itself (`bulkhead image sbom`). */
export function sbom(sources: TraceSources): LinkParts {
  const facts = statements(sources, (predicateType) => isKind("sbom", { predicateType }) === true).map(
    (known): LinkFact => {
      const { format, components, created } = readSbom(known.statement);
      return {
        text: `${format}${components === undefined ? "" : ` with ${counted(components, "component")}`}${created === undefined ? "" : ` of ${created}`}`,
        state: stateOfSignature(known),
        evidence: signatureEvidence(known),
      };
    },
  );
  return { facts, gaps: signatureGaps(sources) };
}

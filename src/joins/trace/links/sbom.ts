import { counted } from "../../../core/counted.ts";
import { isKind } from "../../../engines/trust/predicates/reports.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { barePurl, readSbom } from "../predicates.ts";
import { missedRequirements, undecidedRequirements } from "../requirements.ts";
import { signatureEvidence, signatureGaps, statements, stateOfSignature } from "../signatures.ts";

/** What others say is in it; what is in it, this run can tell by itself (`bulkhead image sbom`). */
export function sbom(sources: TraceSources): LinkParts {
  const facts = statements(sources, (predicateType) => isKind("sbom", { predicateType }) === true).map(
    (known): LinkFact => {
      const { format, components, created, purls } = readSbom(known.statement);
      return {
        text: `${format}${components === undefined ? "" : ` with ${counted(components, "component")}`}${created === undefined ? "" : ` of ${created}`}`,
        state: stateOfSignature(known),
        evidence: { ...signatureEvidence(known), ...beside(purls, sources) },
      };
    },
  );
  return {
    facts,
    gaps: [...undecidedRequirements(sources, "sbom"), ...signatureGaps(sources)],
    breaks: missedRequirements(sources, "sbom"),
  };
}

/** How much of what this run found in the image it lists: scanners name packages differently, so that no verdict follows. */
function beside(purls: ReadonlySet<string> | undefined, { scanned }: TraceSources): Record<string, string> {
  if (purls === undefined || "gap" in scanned || scanned.packages === undefined) return {};
  const own = new Set(scanned.packages.map(({ purl }) => barePurl(purl)));
  const listed = [...own].filter((purl) => purls.has(purl)).length;
  return { lists: `${listed} of ${counted(own.size, "package")} that this run finds` };
}

/** Provenance of an image: what it says, and whether its signer may say so. */
import type { BuildSource, Provenance } from "../../engines/trust/provenance/model.ts";
import { isProvenance, readProvenance } from "../../engines/trust/provenance/read.ts";
import type { FactState, KnownSignature, TraceSources } from "./model.ts";
import { statements } from "./signatures.ts";

export interface TracedBuild {
  readonly known: KnownSignature;
  /** `verified`: signed by somebody for whom the caller vouches and who may speak for the builder. */
  readonly state: FactState;
  readonly provenance: Provenance;
  /** As certified where the certificate tells it, else as said. */
  readonly source: BuildSource;
  /** The SLSA build level that the builder may claim; absent where nobody may speak for it. */
  readonly level?: number;
  /** Why it is a claim alone. */
  readonly refusal?: string;
}

/** Of each statement that is provenance and can be read. */
export function tracedBuilds(sources: TraceSources): TracedBuild[] {
  return statements(sources, (predicateType) => isProvenance({ predicateType })).flatMap((known): TracedBuild[] => {
    const provenance = readProvenance(known.statement);
    if ("fault" in provenance) return [];
    const judged = known.signature.signers.map((signer) => sources.judgeBuild(known.statement, signer));
    const holds = judged.find(({ outcome }) => outcome === "holds");
    if (holds?.outcome === "holds") {
      const { source, level } = holds;
      const vouched = known.signers.length > 0;
      const state = vouched ? "verified" : "claimed";
      const refusal = vouched ? {} : { refusal: "no rule names its signer" };
      return [{ known, state, provenance, source, level, ...refusal }];
    }
    const [refused] = judged;
    const reason = refused?.outcome === "refused" ? { refusal: refused.reason } : {};
    return [{ known, state: "claimed", provenance, source: provenance.source, ...reason }];
  });
}

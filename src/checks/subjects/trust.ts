/** What checks over what is signed of an image may be handed: its decision, each with the gaps that concern one question. */
import type { Check } from "../../core/check.ts";
import type { AttestedScans, ImageDecision, ReportedScan } from "../../engines/trust/decision-model.ts";

/** A fact is not there where nobody looked, or where no rule asks. */
export interface ImageTrustFacts {
  /** By whom the image is signed. */
  readonly signers: ImageDecision;
  /** By whom each image of an index is. */
  readonly platforms: ImageDecision;
  /** What is attested of it beside its build. */
  readonly attestations: ImageDecision;
  /** What is attested of its build. */
  readonly provenance: ImageDecision;
  /** What is attested of its contents, where it is not opened. */
  readonly scans: AttestedScans;
  /** The scan report by which its vulnerabilities are judged. */
  readonly report: ReportedScan;
}

export type ImageTrustCheck<Needed extends keyof ImageTrustFacts> = Check<Pick<ImageTrustFacts, Needed>> & {
  readonly subject: "image-trust";
};

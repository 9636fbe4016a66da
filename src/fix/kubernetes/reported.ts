/** Fixes that a report proposes, which may have been written elsewhere, held against the files at hand. */
import { isDeepStrictEqual } from "node:util";
import type { Evaluation } from "../../core/evaluation.ts";
import { EvaluationList, type Evaluations } from "../../core/evaluations.ts";
import type { Finding } from "../../core/finding.ts";
import { type Authorities, identify } from "../../evaluate/identify.ts";

export interface ReportedFixes {
  /** Fingerprints of the findings whose fixes are to be made. */
  readonly chosen: ReadonlySet<string>;
  /** The others, and why. */
  readonly refused: readonly { readonly finding: Finding; readonly reason: string }[];
}

/**
 * A report is a claim: it chooses among the fixes that the checks propose for the text at hand, and brings none of its
 * own. What it proposes otherwise than they do (it was changed, or the files were) is refused.
 *
 * @param here - of the files at hand, as they are
 */
export function chooseReported(
  reported: Evaluations,
  here: readonly Evaluation[],
  authorities: Authorities,
): ReportedFixes {
  const plain = here.flatMap(({ findings }) => findings);
  // In a report a finding goes by the repository's authority.
  const under = new EvaluationList(here);
  identify(under, authorities);
  const identified = [...under].flatMap(({ findings }) => findings);
  const own = new Map(plain.map((finding, index) => [identified[index]?.fingerprint, finding]));
  const chosen = new Set<string>();
  const refused: { finding: Finding; reason: string }[] = [];
  for (const finding of [...reported].flatMap(({ findings }) => findings)) {
    const known = own.get(finding.fingerprint);
    const reason = refusalOf(finding, known);
    if (reason === undefined) chosen.add(known?.fingerprint ?? finding.fingerprint);
    else if (reason !== NO_CHANGE) refused.push({ finding, reason });
  }
  return { chosen, refused };
}

const NO_CHANGE = "the report contains no change";

function refusalOf({ check, fix }: Finding, own: Finding | undefined): string | undefined {
  if (fix?.kind === "edit") return "changes no manifest (`build lint --fix` fixes Dockerfiles)";
  if (fix?.kind !== "patch") return NO_CHANGE;
  if (own === undefined || own.check !== check) return "no such finding in these files";
  if (own.fix?.kind === "patch" && isDeepStrictEqual(own.fix.patches, fix.patches)) return undefined;
  return "the change differs from the one that the check proposes";
}

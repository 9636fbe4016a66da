/** Checks that fail, as what breaks a link. */

import type { Category } from "../../core/category.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { LinkBreak } from "./model.ts";

/** Titles of one check that are told. */
const TITLES = 3;

/** Of each evaluation that fails under the policy one, with its worst findings. */
export function failedChecks(evaluations: readonly Evaluation[], category: Category): LinkBreak[] {
  return evaluations
    .filter(({ verdict }) => verdict === "fail")
    .map(({ check, findings, asset, observedAt }) => {
      const over = findings.filter(({ overThreshold }) => overThreshold);
      const [first] = over;
      const more = over.length > TITLES ? ` and ${over.length - TITLES} more` : "";
      const fix = first?.fix?.text;
      return {
        reason:
          over.length === 1 && first !== undefined
            ? first.title
            : `${counted(over.length, "finding")} at or above the threshold`,
        evidence: {
          check,
          ...(over.length > 1 ? { findings: `${over.slice(0, TITLES).map(nameOf).join("; ")}${more}` } : {}),
          ...(asset.kind === "image" ? {} : { on: asset.name }),
          observed: observedAt,
        },
        ...(fix === undefined ? {} : { fix }),
        check: { id: check, category },
      };
    });
}

function nameOf({ severity, title }: Evaluation["findings"][number]): string {
  return `${severity}: ${title}`;
}

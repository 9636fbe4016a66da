/** What commands that evaluate events say of what they found. */
import { counted } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { Report } from "../../core/report.ts";
import type { LoadedRules } from "../../engines/events/falco/model.ts";
import type { AlertView } from "../../report/runtime/view.ts";

/** Of the rules, whatever they find. */
export function rulesNotes({ rules, warnings }: Pick<LoadedRules, "rules" | "warnings">, policy: Policy): string[] {
  const about = `${counted(warnings.length, "warning")} about the rules: see \`bulkhead runtime rules check\``;
  return [...optionalNotes(rules, policy), ...(warnings.length === 0 ? [] : [about])];
}

function optionalNotes(rules: LoadedRules["rules"], policy: Policy): string[] {
  const wanted = new Set(policy.runtime.optional);
  const left = rules.filter(({ name, extension }) => extension?.optional === true && !wanted.has(name)).length;
  return left === 0
    ? []
    : [`${counted(left, "optional rule")} not loaded: name them in \`runtime.optional\` of the policy`];
}

/** Why what is not told may still have happened. */
export function gapLines(gaps: readonly Gap[]): string[] {
  const lines = gaps.map(({ reason, remedy }) => (remedy === undefined ? reason : `${reason} (${remedy})`));
  return [...new Set(lines)];
}

/** What became of each finding, by its asset's name and what it is about. */
export function statesIn({ evaluations }: Report): (asset: string, finding: string) => AlertView["state"] {
  const states = new Map<string, AlertView["state"]>();
  for (const { asset, findings, excepted, baselined = [] } of evaluations) {
    const put = (subject: string, state: AlertView["state"]) => states.set(`${asset.name}\n${subject}`, state);
    for (const { subject, overThreshold } of findings) put(subject, overThreshold ? "over" : "below");
    for (const { finding } of excepted) put(finding.subject, "excepted");
    for (const { finding } of baselined) put(finding.subject, "baselined");
  }
  return (asset, finding) => states.get(`${asset}\n${finding}`) ?? "below";
}

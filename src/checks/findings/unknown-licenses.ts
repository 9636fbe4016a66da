/** How many packages a verdict about licenses says nothing of. */
import { counted } from "../../core/counted.ts";
import { licenseJudge } from "../knowledge/license-judgement.ts";
import type { LicenseFacts } from "./license-finding.ts";

/** `{ packages: "96", "unknown licenses": "14" }`. */
export function lookedAtLicenses({ licenses, policy }: LicenseFacts): Record<string, string> {
  const { length } = licenses;
  return { packages: String(length), "unknown licenses": String(total(byType({ licenses, policy }))) };
}

/** `14 of 96 packages have an unknown license (deb 12, golang 2)`; undefined where all are known. */
export function unknownLicenses(facts: LicenseFacts): string | undefined {
  const types = byType(facts);
  const all = total(types);
  if (all === 0) return undefined;
  const most = [...types].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const which = most.map(([type, count]) => `${type} ${count}`).join(", ");
  const { length } = facts.licenses;
  return `${all} of ${counted(length, "package")} ${all === 1 ? "has" : "have"} an unknown license (${which})`;
}

/** Package type → packages with a license that nothing states, or none that is known. */
function byType({ licenses, policy }: LicenseFacts): ReadonlyMap<string, number> {
  const judge = licenseJudge(policy);
  const types = new Map<string, number>();
  for (const {
    package: { type },
    license,
  } of licenses) {
    if (license !== undefined && judge(license).state !== "unknown") continue;
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  return types;
}

function total(types: ReadonlyMap<string, number>): number {
  let all = 0;
  for (const count of types.values()) all += count;
  return all;
}

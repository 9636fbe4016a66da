/** How many packages a verdict about licenses says nothing of. */
import { counted } from "../../core/counted.ts";
import type { PackageType } from "../../engines/contents/model.ts";
import { licenseJudge } from "../knowledge/license-judgement.ts";
import type { LicenseFacts } from "./license-finding.ts";

/** Packages by their types. */
type Counts = Map<PackageType, number>;

interface Unknown {
  /** Nothing states one. */
  readonly none: Counts;
  /** At least a part of it, on which the verdict depends, is none that SPDX lists. */
  readonly unlisted: Counts;
}

/** `{ packages: "96", "no license": "2", "unlisted license": "12" }`. */
export function lookedAtLicenses(facts: LicenseFacts): Record<string, string> {
  const { none, unlisted } = unknownOf(facts);
  return {
    packages: String(facts.licenses.length),
    "no license": String(total(none)),
    "unlisted license": String(total(unlisted)),
  };
}

/** `14 of 96 packages have an unknown license: none stated (deb 2), not listed by SPDX, in whole or part (deb 12)`. */
export function unknownLicenses(facts: LicenseFacts): string | undefined {
  const { none, unlisted } = unknownOf(facts);
  const all = total(none) + total(unlisted);
  if (all === 0) return undefined;
  const parts = [
    ...(none.size === 0 ? [] : [`none stated (${shown(none)})`]),
    ...(unlisted.size === 0 ? [] : [`not listed by SPDX, in whole or part (${shown(unlisted)})`]),
  ];
  const whose = `${all} of ${counted(facts.licenses.length, "package")} ${all === 1 ? "has" : "have"}`;
  return `${whose} an unknown license: ${parts.join(", ")}`;
}

function unknownOf({ licenses, policy }: LicenseFacts): Unknown {
  const judge = licenseJudge(policy);
  const unknown: Unknown = { none: new Map(), unlisted: new Map() };
  for (const { package: item, license } of licenses) {
    if (license !== undefined && judge(license).state !== "unknown") continue;
    const counts = license === undefined ? unknown.none : unknown.unlisted;
    counts.set(item.type, (counts.get(item.type) ?? 0) + 1);
  }
  return unknown;
}

function total(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The most first. */
function shown(counts: Counts): string {
  const most = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return most.map(([type, count]) => `${type} ${count}`).join(", ");
}

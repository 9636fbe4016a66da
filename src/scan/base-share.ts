/** What of an image its base brings, and what a smaller one would not. */
import { Problem } from "../core/problem.ts";
import { type Severity, severityRank } from "../core/severity.ts";
import { isOfDistribution } from "../engines/contents/base/kind.ts";
import { withOrigins } from "../engines/contents/base/recognise.ts";
import { attackersTools, leftOutBy, type SmallerKind, smallerThan } from "../engines/contents/base/smaller.ts";
import type { BaseImage, Inventory, Package } from "../engines/contents/model.ts";
import type { AdvisoryDatabase } from "../engines/vulnerability/database/open.ts";
import { matchPackages } from "../engines/vulnerability/matching.ts";
import type { ScopeMatches, VulnerabilityMatch } from "../engines/vulnerability/model.ts";

export interface ShareOfBase {
  readonly base: readonly Package[];
  readonly application: readonly Package[];
  readonly removed: readonly Package[];
  /** Absent where there are no advisories. */
  readonly flaws?: {
    readonly base: readonly VulnerabilityMatch[];
    readonly application: readonly VulnerabilityMatch[];
    readonly removed: readonly VulnerabilityMatch[];
    /** In the base's packages and in none of the application's: each id once, the worst first. */
    readonly onlyInBase: readonly { readonly id: string; readonly severity: Severity }[];
  };
  /** Why there may be more vulnerabilities than these, each reason once. */
  readonly uncovered: readonly string[];
  readonly switching: readonly {
    readonly to: SmallerKind;
    readonly leftOut: readonly Package[];
    readonly flaws?: number;
    readonly tools: readonly string[];
  }[];
}

/** Where no layers tell the base from the application, what a distribution's packages are counts as the base. */
export function shareOfBase(
  inventory: Inventory,
  base: BaseImage | undefined,
  advisories: AdvisoryDatabase | Problem,
): ShareOfBase {
  const marked = withOrigins(inventory, base);
  const isMarked = marked.packages.some(({ origin }) => origin !== undefined);
  const isOfBase = (item: Package) => (isMarked ? item.origin === "base" : isOfDistribution(item));
  const ofBase = marked.packages.filter(isOfBase);
  const ofApplication = marked.packages.filter((item) => !isOfBase(item));
  const removed = inventory.removed ?? [];
  const { distribution } = inventory;
  const scopesOf = (packages: readonly Package[]): ScopeMatches[] | undefined =>
    advisories instanceof Problem
      ? undefined
      : matchPackages(advisories, { ...(distribution === undefined ? {} : { distribution }), packages });
  const matchesOf = (packages: readonly Package[]) => scopesOf(packages)?.flatMap(({ matches }) => matches);
  const scopes = scopesOf(marked.packages);
  const all = scopes?.flatMap(({ matches }) => matches);
  const baseFlaws = all?.filter((match) => isOfBase(match.package));
  const switching = base === undefined ? [] : smallerThan(base.kind);
  return {
    base: ofBase,
    application: ofApplication,
    removed,
    ...(all === undefined
      ? {}
      : {
          flaws: {
            base: baseFlaws ?? [],
            application: all.filter((match) => !isOfBase(match.package)),
            removed: removed.length === 0 ? [] : (matchesOf(removed) ?? []),
            onlyInBase: onlyInBase(all, isOfBase),
          },
        }),
    uncovered: [...new Set((scopes ?? []).flatMap(({ gaps }) => gaps.map(({ reason }) => reason)))],
    switching: switching.map((to) => {
      const leftOut = leftOutBy(to, ofBase.filter(isOfDistribution));
      const purls = new Set(leftOut.map(({ purl }) => purl));
      const flaws = baseFlaws?.filter((match) => purls.has(match.package.purl)).length;
      return { to, leftOut, ...(flaws === undefined ? {} : { flaws }), tools: attackersTools(leftOut) };
    }),
  };
}

function onlyInBase(
  matches: readonly VulnerabilityMatch[],
  isOfBase: (item: Package) => boolean,
): { id: string; severity: Severity }[] {
  const elsewhere = new Set(matches.filter((match) => !isOfBase(match.package)).map(({ id }) => id));
  const worst = new Map<string, Severity>();
  for (const { id, severity, package: item } of matches) {
    if (elsewhere.has(id) || !isOfBase(item)) continue;
    const before = worst.get(id);
    if (before === undefined || severityRank(severity) < severityRank(before)) worst.set(id, severity);
  }
  return [...worst]
    .map(([id, severity]) => ({ id, severity }))
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.id < b.id ? -1 : 1));
}

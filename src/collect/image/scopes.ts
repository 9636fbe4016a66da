/** What the advisories say of an inventory, scope by scope: an ecosystem, or a release of a distribution. */
import { counted } from "../../core/counted.ts";
import { absent, type Evidence, gapOf, present } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import type { Inventory, Package, PackageType } from "../../engines/contents/model.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { ScopeEvidence, ScopeMatches } from "../../engines/vulnerability/model.ts";

export interface AdvisoryContext {
  /** The database, or why there is none. */
  readonly advisories: AdvisoryDatabase | Problem;
  /** Days after a source's own date on which what it says still counts as current. */
  readonly maxAgeDays: number;
  readonly now: Date;
}

const DAY = 24 * 60 * 60 * 1000;

/** What the advisories say of an inventory, scope by scope. */
export function scopesOf(inventory: Evidence<Inventory>, context: AdvisoryContext): ScopeEvidence[] {
  if (inventory.state === "absent") return [{ inventory, evidence: absent(inventory.gaps[0]), looked: {} }];
  const { gaps } = inventory;
  const { packages } = inventory.facts;
  if (packages.length === 0 && gaps.length === 0)
    return [{ inventory, evidence: nothingToMatch, looked: { packages: "0" } }];
  if (context.advisories instanceof Problem)
    return [{ inventory, evidence: absent(gapOf(context.advisories)), looked: { packages: String(packages.length) } }];
  const matches = matchPackages(context.advisories, inventory.facts);
  const scopes = matches.map(
    (matched): ScopeEvidence => ({
      scope: matched.scope,
      inventory: {
        ...inventory,
        gaps: gaps.filter(({ concerns }) => concerns === undefined || speaksFor(matched, concerns)),
      },
      evidence: evidenceOf(matched, context),
      looked: { ...lookedAt(matched), ...sharesOf(matched, inventory.facts) },
    }),
  );
  // A database that could not be read may leave no package of its type, and so no scope to speak for it.
  const orphans = gaps.filter(({ concerns }) =>
    concerns === undefined ? scopes.length === 0 : !matches.some((matched) => speaksFor(matched, concerns)),
  );
  for (const [concerns, own] of Map.groupBy(orphans, (gap) => gap.concerns)) {
    const [first] = own;
    if (first === undefined) continue;
    scopes.push({
      ...(concerns === undefined ? {} : { scope: concerns }),
      inventory: { ...inventory, gaps: own },
      evidence: absent(first),
      looked: { packages: "0" },
    });
  }
  return scopes;
}

const distributionTypes: ReadonlySet<string> = new Set<PackageType>(["deb", "apk", "rpm", "alpm"]);

/** A scope without a package is its distribution's, whose database is what is missing. */
function speaksFor({ packages, packageTypes }: ScopeMatches, concerns: string): boolean {
  return packageTypes.includes(concerns as PackageType) || (packages === 0 && distributionTypes.has(concerns));
}

function lookedAt({ packages, coverage }: ScopeMatches): Record<string, string> {
  const sources = coverage.map(({ source, asOf }) => `${source} as of ${asOf.slice(0, 10)}`);
  return { packages: String(packages), advisories: sources.length === 0 ? "none" : [...new Set(sources)].join(", ") };
}

/** What the database says counts from its source's own date on, for as long as the policy says. */
function evidenceOf(matched: ScopeMatches, { maxAgeDays, now }: AdvisoryContext): Evidence<ScopeMatches> {
  if (matched.asOf === undefined) return present(matched, now.toISOString(), { gaps: matched.gaps });
  const asOf = new Date(matched.asOf);
  return present(matched, asOf.toISOString(), {
    gaps: matched.gaps,
    validUntil: new Date(asOf.getTime() + maxAgeDays * DAY).toISOString(),
    renewal: "run `bulkhead db update`",
  });
}

/** Nothing found is no proof of nothing there: a static binary has no package database either. */
const nothingToMatch: Evidence<ScopeMatches> = absent({
  code: "contents.no-packages",
  reason: "no packages found, contents unknown",
});
/**
 * Of one scope the shares of the base and of the application, for the reader; nothing where the base is not known.
 *
 * @param inventory - with its origins marked
 */
function sharesOf(matched: ScopeMatches, inventory: Inventory): Record<string, string> {
  const types = new Set(matched.packageTypes);
  const own = inventory.packages.filter(({ type }) => types.has(type));
  const removed = (inventory.removed ?? []).filter(({ type }) => types.has(type)).length;
  const share = (origin: Package["origin"]): string => {
    const packages = own.filter((item) => item.origin === origin).length;
    const flaws = matched.matches.filter((match) => match.package.origin === origin).length;
    return `${counted(packages, "package")}, ${counted(flaws, "vulnerability", "vulnerabilities")}`;
  };
  return {
    ...(own.some(({ origin }) => origin !== undefined)
      ? { base: share("base"), application: share("application") }
      : {}),
    ...(removed === 0 ? {} : { "removed packages": String(removed) }),
  };
}

/** Vulnerabilities of what upper layers removed, by the type of package. */
export function removedVulnerabilities(
  { distribution, removed = [] }: Inventory,
  advisories: AdvisoryDatabase | Problem,
): Readonly<Record<string, number>> {
  if (advisories instanceof Problem) return {};
  const counts: Record<string, number> = {};
  for (const { matches } of matchPackages(advisories, {
    ...(distribution === undefined ? {} : { distribution }),
    packages: removed,
  })) {
    for (const match of matches) counts[match.package.type] = (counts[match.package.type] ?? 0) + 1;
  }
  return counts;
}

/** What the advisories say of the packages that a change brings, beside what they said of those that go. */
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Package } from "../../engines/contents/model.ts";
import { purlOf } from "../../engines/contents/purl.ts";
import type { DependencyChange, LockedDependency } from "../../engines/packages/model.ts";
import type { ScopeEvidence, ScopeMatches, VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { type AdvisoryContext, scopesOf } from "../image/scopes.ts";

export interface ChangedVulnerabilities {
  /** Of the version that comes, without the flaws of the one that goes; undefined of what goes for good. */
  of(change: DependencyChange): Evidence<ScopeMatches> | undefined;
  /** Gaps that are about an ecosystem, not about one package. */
  readonly common: ReadonlySet<Gap>;
  /** By lockfile: flaws of packages that go which none that comes or stays has; undefined where the advisories were not read. */
  closes(lockfile: string): number | undefined;
}

/**
 * What the advisories say of changes, in one pass over the database however many there are.
 *
 * @param kept - what else the side after the change pins under these names: a flaw that another version still has is not closed
 */
export function vulnerabilitiesOfChanges(
  changes: readonly DependencyChange[],
  kept: readonly LockedDependency[],
  context: AdvisoryContext,
): ChangedVulnerabilities {
  const after = lookUp(
    changes.flatMap((change) => change.after ?? []),
    context,
  );
  const before = lookUp(
    changes.flatMap((change) => change.before ?? []),
    context,
  );
  const evidence = new Map<DependencyChange, Evidence<ScopeMatches>>();
  for (const change of changes) {
    if (change.after === undefined) continue;
    const scope = after.scopeOf(change.after);
    if (scope !== undefined)
      evidence.set(change, evidenceOf(scope, after.matchesOf(change.after), before.known(change)));
  }
  const closed = closedBy(changes, before, after, () => lookUp(kept, context));
  return {
    of: (change) => evidence.get(change),
    common: new Set(after.scopes.flatMap((scope) => scope.evidence.gaps)),
    closes: (lockfile) => (after.isRead && before.isRead ? (closed.get(lockfile) ?? 0) : undefined),
  };
}

interface LookedUp {
  readonly scopes: readonly ScopeEvidence[];
  readonly isRead: boolean;
  scopeOf(dependency: LockedDependency): ScopeEvidence | undefined;
  matchesOf(dependency: LockedDependency): readonly VulnerabilityMatch[];
  /** Names of the flaws of the version that a change takes away. */
  known(change: DependencyChange): ReadonlySet<string>;
}

function lookUp(dependencies: readonly LockedDependency[], context: AdvisoryContext): LookedUp {
  const packages = new Map(dependencies.map((dependency) => [dependency, packageOf(dependency)]));
  const inventory = present({ packages: [...packages.values()] }, context.now.toISOString());
  const scopes = packages.size === 0 ? [] : scopesOf(inventory, context);
  const byType = new Map<string, ScopeEvidence>();
  const matches = new Map<Package, VulnerabilityMatch[]>();
  let isRead = true;
  for (const scope of scopes) {
    if (scope.evidence.state === "absent") {
      isRead = false;
      // Without a database there is one scope for all of them.
      for (const { type } of dependencies) byType.set(type, scope);
      continue;
    }
    for (const type of scope.evidence.facts.packageTypes) byType.set(type, scope);
    for (const match of scope.evidence.facts.matches) {
      const own = matches.get(match.package);
      if (own === undefined) matches.set(match.package, [match]);
      else own.push(match);
    }
  }
  const matchesOf = (dependency: LockedDependency): readonly VulnerabilityMatch[] => {
    const item = packages.get(dependency);
    return item === undefined ? NONE : (matches.get(item) ?? NONE);
  };
  return {
    scopes,
    isRead,
    scopeOf: ({ type }) => byType.get(type),
    matchesOf,
    known: ({ before }) => new Set(before === undefined ? [] : matchesOf(before).flatMap(({ ids }) => ids)),
  };
}

const NONE: readonly never[] = [];

function packageOf({ type, name, version, lockfile, direct, usage }: LockedDependency): Package {
  const record = { type, name, version, licenses: [], usage, ...(direct === undefined ? {} : { direct }) };
  return { ...record, purl: purlOf(record, undefined), path: lockfile };
}

function evidenceOf(
  { evidence }: ScopeEvidence,
  matches: readonly VulnerabilityMatch[],
  known: ReadonlySet<string>,
): Evidence<ScopeMatches> {
  if (evidence.state === "absent") return evidence;
  // A version that was published to do harm is no better for following another one.
  const added =
    known.size === 0 ? matches : matches.filter(({ ids }) => ids.some(isMalicious) || !ids.some((id) => known.has(id)));
  return { ...evidence, facts: { ...evidence.facts, packages: 1, matches: added } };
}

function isMalicious(id: string): boolean {
  return id.startsWith("MAL-");
}

function closedBy(
  changes: readonly DependencyChange[],
  before: LookedUp,
  after: LookedUp,
  lookUpKept: () => LookedUp,
): ReadonlyMap<string, number> {
  const gone = new Map<string, Set<string>>();
  for (const { before: one, lockfile } of changes) {
    if (one === undefined) continue;
    const own = gone.get(lockfile) ?? new Set();
    for (const { id } of before.matchesOf(one)) own.add(`${one.type} ${one.name} ${id}`);
    gone.set(lockfile, own);
  }
  for (const { after: one, lockfile } of changes) {
    if (one === undefined) continue;
    for (const { id } of after.matchesOf(one)) gone.get(lockfile)?.delete(`${one.type} ${one.name} ${id}`);
  }
  if ([...gone.values()].every((keys) => keys.size === 0)) return new Map();
  for (const { evidence } of lookUpKept().scopes) {
    if (evidence.state === "absent") continue;
    for (const { id, package: item } of evidence.facts.matches) {
      gone.get(item.path)?.delete(`${item.type} ${item.name} ${id}`);
    }
  }
  return new Map(Array.from(gone, ([lockfile, keys]) => [lockfile, keys.size]));
}

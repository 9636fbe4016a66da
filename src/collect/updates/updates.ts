/** Pending updates as evidence: where packages come from, whose keys count, and what the suites say. */
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { SuiteSource } from "../../engines/updates/fetch.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";
import type { PendingUpdate, PendingUpdates } from "../../engines/updates/model.ts";
import { pendingUpdates } from "../../engines/updates/pending.ts";
import { isRpmState } from "../../engines/updates/rpm/repositories.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { schemes } from "../../engines/vulnerability/versions/scheme.ts";
import { machineKeys, type SourceFiles } from "./source-files.ts";

/** How pending updates are looked up, where the caller asked for it. */
export interface UpdateLookup {
  readonly from: Omit<SuiteSource, "now">;
  /** The caller's own sources, in place of those of the image. */
  readonly sources?: readonly { readonly path: string; readonly text: string }[];
  /** The caller's keys; where there are any, no others count. */
  readonly keyring: readonly KeyFile[];
}

export interface UpdatesContext {
  readonly now: Date;
  /** Days on which an answer of a suite counts as current. */
  readonly maxAgeDays: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** What the suites say of an inventory; absent where it could not be read. */
export async function lookUpUpdates(
  inventory: Evidence<Inventory>,
  readFiles: () => Promise<SourceFiles>,
  lookup: UpdateLookup,
  { maxAgeDays, now }: UpdatesContext,
): Promise<Evidence<PendingUpdates>> {
  if (inventory.state === "absent") return absent(...inventory.gaps);
  const { distribution } = inventory.facts;
  let own: SourceFiles;
  try {
    own = await readFiles();
  } catch (error) {
    const problem = asProblem(error, "its sources");
    if (!isEvidenceProblem(problem)) throw error;
    return absent(gapOf(problem));
  }
  const { updates, gaps } = await pendingUpdates({
    inventory: inventory.facts,
    // Which modules are enabled, and what is excluded, is the root file system's to say, whoever names the repositories.
    sources:
      lookup.sources === undefined
        ? own.sources
        : [...lookup.sources, ...own.sources.filter(({ path }) => isRpmState(path))],
    keys: { caller: lookup.keyring, machine: machineKeys(distribution), image: own.keys },
    from: { ...lookup.from, now },
  });
  const distributionGaps = inventory.gaps.filter(({ concerns }) => concerns === undefined || OS.has(concerns));
  const all = [...distributionGaps, ...(lookup.sources === undefined ? own.gaps : []), ...gaps];
  if (updates.packages === 0 && all.length === 0) return absent(noPackages);
  const checked = updates.suites.map((suite) => suite.checkedAt).sort();
  const valid = updates.suites.flatMap(({ validUntil, checkedAt }) => [
    ...(validUntil === undefined ? [] : [validUntil]),
    new Date(Date.parse(checkedAt) + maxAgeDays * DAY).toISOString(),
  ]);
  const [validUntil] = valid.sort();
  return present(updates, checked[0] ?? now.toISOString(), {
    gaps: all,
    ...(validUntil === undefined ? {} : { validUntil, renewal: "use --updates" }),
  });
}

const OS: ReadonlySet<string> = new Set(["deb", "apk", "rpm"]);

const noPackages: Gap = {
  code: "contents.no-packages",
  reason: "no distribution packages found, pending updates unknown",
};

/** The flaws that each update mends, from what the advisories say of what is installed. */
export function withFixes(pending: PendingUpdates, matches: readonly VulnerabilityMatch[]): PendingUpdates {
  const byPackage = Map.groupBy(matches, (match) => `${match.package.purl} ${match.package.path}`);
  const fixesOf = ({ package: each, availableSource }: PendingUpdate): string[] => {
    const scheme = each.type === "apk" ? schemes.apk : each.type === "rpm" ? schemes.rpm : schemes.dpkg;
    const available = scheme.parse(availableSource);
    if (available === undefined) return [];
    const mended = (byPackage.get(`${each.purl} ${each.path}`) ?? []).filter(({ fixedVersion }) => {
      const fixed = fixedVersion === undefined ? undefined : scheme.parse(fixedVersion);
      return fixed !== undefined && scheme.compare(available, fixed) >= 0;
    });
    return [...new Set(mended.map(({ id }) => id))].sort();
  };
  return { ...pending, updates: pending.updates.map((update) => ({ ...update, fixes: fixesOf(update) })) };
}

/** With the flaws that each update mends, where there are advisories that tell. */
export function withKnownFixes(
  pending: Evidence<PendingUpdates>,
  inventory: Evidence<Inventory>,
  advisories: AdvisoryDatabase | Problem,
): Evidence<PendingUpdates> {
  if (pending.state === "absent" || inventory.state === "absent" || advisories instanceof Problem) return pending;
  const { distribution } = inventory.facts;
  const scopes = matchPackages(advisories, {
    ...(distribution === undefined ? {} : { distribution }),
    packages: pending.facts.updates.map((update) => update.package),
  });
  const matches = scopes.flatMap((scope) => scope.matches);
  return { ...pending, facts: withFixes(pending.facts, matches) };
}

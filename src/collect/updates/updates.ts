/** Pending updates as evidence: where packages come from, whose keys count, what the suites say, and the verdict. */
import { pendingUpdates as pendingUpdatesCheck } from "../../checks/image/pending-updates.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { SuiteSource } from "../../engines/updates/fetch.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";
import type { BuildDates, PendingUpdate, PendingUpdates, SuiteUse } from "../../engines/updates/model.ts";
import { pendingUpdates } from "../../engines/updates/pending.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { schemes } from "../../engines/vulnerability/versions/scheme.ts";
import { asProblem, gapOf } from "../image/inventory.ts";
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
  readonly policy: Policy;
  readonly now: Date;
  /** Absent: nobody asked. */
  readonly updates?: UpdateLookup;
  /** True: the age is judged where nobody asked for a look-up. */
  readonly judgesAge?: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The evaluation of control 9: none where neither a look-up nor the age was asked for.
 *
 * @param readFiles - reads what the asset itself says of its suites and keys; asked only for a look-up
 */
export async function evaluateRebuild(
  asset: Asset,
  inventory: Evidence<Inventory>,
  built: BuildDates,
  readFiles: () => Promise<SourceFiles>,
  context: UpdatesContext & { readonly advisories: AdvisoryDatabase | Problem },
): Promise<Evaluation[]> {
  const { updates, judgesAge, advisories, now } = context;
  if (updates === undefined && judgesAge !== true) return [];
  const dates = datesOf(built, now);
  if (updates === undefined) return [evaluateUpdates(asset, dates, undefined, context)];
  const pending = await lookUpUpdates(inventory, readFiles, updates, context);
  if (pending.state === "absent" || inventory.state === "absent" || advisories instanceof Problem) {
    return [evaluateUpdates(asset, dates, pending, context)];
  }
  const { distribution } = inventory.facts;
  const scopes = matchPackages(advisories, {
    ...(distribution === undefined ? {} : { distribution }),
    packages: pending.facts.updates.map((update) => update.package),
  });
  const facts = withFixes(
    pending.facts,
    scopes.flatMap(({ matches }) => matches),
  );
  return [evaluateUpdates(asset, dates, { ...pending, facts }, context)];
}

/** What the suites say of an inventory; absent where it could not be read. */
export async function lookUpUpdates(
  inventory: Evidence<Inventory>,
  readFiles: () => Promise<SourceFiles>,
  lookup: UpdateLookup,
  { policy, now }: UpdatesContext,
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
    sources: lookup.sources ?? own.sources,
    keys: { caller: lookup.keyring, machine: machineKeys(distribution), image: own.keys },
    from: { ...lookup.from, now },
  });
  const distributionGaps = inventory.gaps.filter(({ concerns }) => concerns === undefined || OS.has(concerns));
  const all = [...distributionGaps, ...(lookup.sources === undefined ? own.gaps : []), ...gaps];
  if (updates.packages === 0 && all.length === 0) return absent(noPackages);
  const checked = updates.suites.map((suite) => suite.checkedAt).sort();
  const valid = updates.suites.flatMap(({ validUntil, checkedAt }) => [
    ...(validUntil === undefined ? [] : [validUntil]),
    new Date(Date.parse(checkedAt) + policy.advisories.maxAgeDays * DAY).toISOString(),
  ]);
  const [validUntil] = valid.sort();
  return present(updates, checked[0] ?? now.toISOString(), {
    gaps: all,
    ...(validUntil === undefined ? {} : { validUntil }),
  });
}

const OS: ReadonlySet<string> = new Set(["deb", "apk", "rpm"]);

const noPackages: Gap = {
  code: "contents.no-packages",
  reason: "no packages of a distribution were found: what a rebuild would change is not known",
};

/** The flaws that each update mends, from what the advisories say of what is installed. */
export function withFixes(pending: PendingUpdates, matches: readonly VulnerabilityMatch[]): PendingUpdates {
  const byPackage = Map.groupBy(matches, (match) => `${match.package.purl} ${match.package.path}`);
  const fixesOf = ({ package: each, availableSource }: PendingUpdate): string[] => {
    const scheme = each.type === "apk" ? schemes.apk : schemes.dpkg;
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

/** The evaluation of control 9. @param pending - undefined where nobody asked for a look-up */
export function evaluateUpdates(
  asset: Asset,
  built: BuildDates,
  pending: Evidence<PendingUpdates> | undefined,
  { policy, now }: UpdatesContext,
): Evaluation {
  const at = now.toISOString();
  const { maxAgeDays } = policy.rebuild;
  const evidence = pending ?? present(undefined, at, { gaps: ageGaps(built, maxAgeDays, now) });
  return runCheck(
    pendingUpdatesCheck,
    {
      built: present(built, at, { gaps: pending === undefined ? [] : undatedGaps(built, pending) }),
      pending: evidence,
      maxAgeDays: present(maxAgeDays, at),
    },
    { asset, policy, now, evidence: looked(built, pending, now) },
  );
}

/** Without a look-up only an image that is young, on a base that is young, is known to be rebuilt in time. */
function ageGaps(built: BuildDates, maxAgeDays: number, now: Date): Gap[] {
  const isYoung = (date: string) => Date.parse(date) + maxAgeDays * DAY >= now.getTime();
  const remedy = "--updates looks up what is pending";
  if (built.image === undefined) {
    return [{ code: "updates.age", reason: "it does not say when it was built", remedy }];
  }
  // An old one is a finding, which says more than a gap.
  if (!isYoung(built.image)) return [];
  if (built.base === undefined) {
    return [{ code: "updates.base-age", reason: "when its base was built is not known", remedy }];
  }
  if (isYoung(built.base)) return [];
  const day = built.base.slice(0, 10);
  return [
    {
      code: "updates.base-age",
      reason: `its base is of ${day}, and nobody looked whether a newer one differs`,
      remedy,
    },
  ];
}

/** An image without an age may be older than it may be while updates are pending. */
function undatedGaps({ image }: BuildDates, pending: Evidence<PendingUpdates>): Gap[] {
  return image === undefined && pending.state === "present" && pending.facts.updates.length > 0
    ? [{ code: "updates.age", reason: "updates are pending, and it does not say when it was built" }]
    : [];
}

const SAID: Readonly<Record<SuiteUse["trust"], string>> = {
  caller: "the caller's key",
  machine: "this machine's key",
  image: "trusted by the image alone",
};

function looked(
  { image, base }: BuildDates,
  pending: Evidence<PendingUpdates> | undefined,
  now: Date,
): Record<string, string> {
  return {
    ...(image === undefined ? {} : { built: image.slice(0, 10) }),
    ...(base === undefined ? {} : { "base built": base.slice(0, 10) }),
    ...(pending?.state === "present"
      ? {
          summary: summaryOf(pending.facts, now, pending.gaps.length === 0),
          packages: String(pending.facts.packages),
          suites: pending.facts.suites.map(suiteText).join(", ") || "none",
        }
      : {}),
  };
}

function suiteText({ name, date, trust }: SuiteUse): string {
  return `${name} of ${date.slice(0, 10)} (${SAID[trust]})`;
}

/**
 * `rebuild needed: 14 packages, 3 with a fix for a known vulnerability, oldest pending 41 days`.
 *
 * @param isWhole - false where something could not be looked up
 */
export function summaryOf({ updates }: PendingUpdates, now: Date, isWhole: boolean): string {
  if (updates.length === 0) {
    return isWhole
      ? "no rebuild needed: nothing is pending"
      : "not known: what is pending could not be looked up in full";
  }
  const fixing = updates.filter(({ fixes }) => fixes.length > 0).length;
  const [oldest] = updates.map(({ since }) => since.at).sort();
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(oldest as string)) / DAY));
  const fixes =
    fixing === 0 ? "none with a fix for a known vulnerability" : `${fixing} with a fix for a known vulnerability`;
  return `rebuild needed: ${isWhole ? "" : "at least "}${updates.length} ${updates.length === 1 ? "package" : "packages"}, ${fixes}, oldest pending ${days} ${days === 1 ? "day" : "days"}`;
}

function datesOf({ image, base }: BuildDates, now: Date): BuildDates {
  const [own, below] = [buildTime(image, now), buildTime(base, now)];
  return { ...(own === undefined ? {} : { image: own }), ...(below === undefined ? {} : { base: below }) };
}

/** Before it no image was ever built: reproducible builds state 1970 or 1980. */
const FIRST_BUILD = Date.UTC(2013, 2, 1);

/** A time that a build can have had, as ISO 8601. */
function buildTime(stated: string | undefined, now: Date): string | undefined {
  const time = stated === undefined ? Number.NaN : Date.parse(stated);
  return time >= FIRST_BUILD && time <= now.getTime() + DAY ? new Date(time).toISOString() : undefined;
}

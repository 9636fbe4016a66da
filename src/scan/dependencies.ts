/** What a change does to the packages that lockfiles pin: both sides read, what comes looked up, all of it evaluated. */

import { vulnerabilitiesOfChanges } from "../collect/dependencies/advisories.ts";
import { readSides, type SideSpec } from "../collect/dependencies/sides.ts";
import { append } from "../core/append.ts";
import type { LockfileChanges } from "../core/dependency-changes.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Gap } from "../core/evidence.ts";
import { compareText } from "../core/order.ts";
import { changesBetween } from "../engines/packages/changes-between.ts";
import type { DependencyChange, LockedDependency, LockfileSide } from "../engines/packages/model.ts";
import { changeSummary } from "../evaluate/build/change-summary.ts";
import {
  evaluateDependencies,
  evaluateUnchanged,
  evaluateUnlisted,
  type ReviewedChange,
} from "../evaluate/build/dependencies.ts";
import type { ScanContext } from "./context.ts";

/**
 * What is known of one change beyond its lockfile: from registries and archives. What nobody looked for is not in the answer.
 * It never throws for what a registry or an archive says.
 */
export type PackageLookUp = (change: DependencyChange) => Promise<LookedUp>;

export type LookedUp = Omit<ReviewedChange["evidence"], "vulnerabilities">;

export interface ReviewedDependencies {
  readonly evaluations: Evaluation[];
  /** By lockfile; empty where none changes. */
  readonly changes: readonly LockfileChanges[];
  readonly notes: readonly string[];
}

/**
 * Reviews what comes from one side to the other.
 *
 * @throws Problem (usage) where a side cannot be read at all
 */
export async function reviewDependencies(
  sides: { readonly before: SideSpec; readonly after: SideSpec },
  context: ScanContext,
  lookUp: PackageLookUp,
): Promise<ReviewedDependencies> {
  const { exclusion } = context;
  const read = await readSides(sides.before, sides.after, exclusion === undefined ? {} : { exclusion });
  return await reviewSides(read, context, lookUp);
}

/** The same of sides that were read. */
export async function reviewSides(
  { before, after }: { readonly before: LockfileSide; readonly after: LockfileSide },
  context: ScanContext,
  lookUp: PackageLookUp,
): Promise<ReviewedDependencies> {
  const { changes, lockfiles, mismatches } = changesBetween(before, after);
  const { advisories, now, policy } = context;
  const vulnerabilities = vulnerabilitiesOfChanges(changes, keptBeside(changes, after), {
    advisories,
    now,
    maxAgeDays: policy.advisories.maxAgeDays,
  });
  let done = 0;
  const coming = changes.filter(({ kind }) => kind !== "removed");
  const reviewed = new Map<string, ReviewedChange[]>();
  for (const found of await Promise.all(
    coming.map(async (change) => {
      const looked = await lookUp(change);
      context.onProgress?.({ name: "dependencies", done: ++done });
      const flaws = vulnerabilities.of(change);
      return { change, evidence: { ...looked, ...(flaws === undefined ? {} : { vulnerabilities: flaws }) } };
    }),
  )) {
    const own = reviewed.get(found.change.lockfile);
    if (own === undefined) reviewed.set(found.change.lockfile, [found]);
    else own.push(found);
  }
  const byLockfile = Map.groupBy(changes, ({ lockfile }) => lockfile);
  const unread = gapsByLockfile(before, after);
  const paths = [
    ...new Set([...byLockfile.keys(), ...unread.keys(), ...mismatches.map(({ lockfile }) => lockfile)]),
  ].sort(compareText);
  const evaluations = paths.flatMap((path) =>
    evaluateDependencies(
      {
        path,
        changes: reviewed.get(path) ?? [],
        mismatches: mismatches.filter(({ lockfile }) => lockfile === path),
        gaps: unread.get(path) ?? [],
        common: vulnerabilities.common,
      },
      context,
    ),
  );
  // What of a side could not be listed may hold a lockfile.
  append(evaluations, evaluateUnlisted([...after.gaps, ...before.gaps], context));
  if (evaluations.length === 0 && after.found !== 0) evaluations.push(evaluateUnchanged(context));
  return {
    evaluations,
    changes: [...byLockfile].map(([path, own]) => changeSummary(path, own, vulnerabilities.closes(path))),
    notes: [
      `compared with ${before.name}`,
      ...lockfiles.flatMap(({ lockfile, kind, before: was, after: is }) =>
        kind === "format" ? [`${lockfile} is ${is}, and was ${was}`] : [],
      ),
      ...(after.found === 0 ? ["no lockfiles found in this directory"] : []),
    ],
  };
}

/** What of a lockfile was not read on one of its sides: what changes may then be more, or other, than is known. */
function gapsByLockfile(before: LockfileSide, after: LockfileSide): Map<string, Gap[]> {
  const all = new Map<string, Gap[]>();
  const add = (path: string, gaps: readonly Gap[]): void => {
    const own = all.get(path) ?? [];
    const known = new Set(own.map(({ reason }) => reason));
    append(
      own,
      gaps.filter(({ reason }) => !known.has(reason)),
    );
    if (own.length > 0) all.set(path, own);
  };
  for (const { path, gaps } of after.lockfiles) add(path, gaps);
  const there = new Set(after.lockfiles.map(({ path }) => path));
  for (const { path, gaps } of before.lockfiles) {
    // Of a lockfile that is gone nothing comes.
    if (there.has(path))
      add(
        path,
        gaps.map((gap) => ({ ...gap, reason: `${before.name}: ${gap.reason}` })),
      );
  }
  return all;
}

/** What else the side after a change pins under the names of what goes: a flaw that another version has is not closed. */
function keptBeside(changes: readonly DependencyChange[], after: LockfileSide): LockedDependency[] {
  const keyOf = (lockfile: string, type: string, name: string): string => `${lockfile}\n${type}\n${name}`;
  const going = new Set(
    changes.flatMap(({ before, lockfile, type, name }) => (before === undefined ? [] : keyOf(lockfile, type, name))),
  );
  if (going.size === 0) return [];
  return after.lockfiles.flatMap(({ path, packages }) =>
    packages
      .filter(({ type, name }) => going.has(keyOf(path, type, name)))
      .map(({ type, name, version }) => ({
        ...{ type, name, version, lockfile: path },
        ...{ hashes: {}, usage: "runtime", through: [] },
      })),
  );
}

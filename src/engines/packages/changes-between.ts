import type { Gap } from "../../core/evidence.ts";
import { compareText } from "../../core/order.ts";
import type { PackageRecord, PackageType } from "../contents/model.ts";
import { bounds } from "./changes/bounds.ts";
import { type Pair, pairVersions } from "./changes/pairs.ts";
import { differences } from "./changes/same-contents.ts";
import { throughOf } from "./changes/through.ts";
import { orderOf, spelledName } from "./changes/versions.ts";
import type {
  ChangeKind,
  DependencyChange,
  DependencyChanges,
  LockedDependency,
  Lockfile,
  LockfileChange,
  LockfileSide,
  ManifestMismatch,
} from "./model.ts";

/**
 * What comes, goes and differs from one side to the other. Pure, and linear in what both state but for sorting.
 *
 * Lockfiles are compared by their paths. Where one of a directory gave way to one of another format for the same
 * ecosystem (`yarn.lock`, `pnpm-lock.yaml`), what they pin is compared as well: nothing comes that was there before.
 */
export function changesBetween(before: LockfileSide, after: LockfileSide): DependencyChanges {
  const changes: DependencyChange[] = [];
  const lockfiles: LockfileChange[] = [];
  for (const [old, fresh] of pairedLockfiles(before.lockfiles, after.lockfiles)) {
    const lockfile = (fresh ?? old)?.path ?? "";
    if (old?.format !== fresh?.format) {
      const kind = old === undefined ? "added" : fresh === undefined ? "removed" : "format";
      lockfiles.push({
        lockfile,
        kind,
        ...(old === undefined ? {} : { before: old.format }),
        ...(fresh === undefined ? {} : { after: fresh.format }),
      });
    }
    for (const change of changesOf(old, fresh, lockfile)) changes.push(change);
  }
  return {
    changes: changes.sort(
      (a, b) =>
        compareText(a.lockfile, b.lockfile) ||
        compareText(a.type, b.type) ||
        compareText(a.name, b.name) ||
        compareText(versionIn(a), versionIn(b)),
    ),
    lockfiles: lockfiles.sort((a, b) => compareText(a.lockfile, b.lockfile)),
    mismatches: newMismatches(before, after),
    gaps: gapsOf(before, after),
  };
}

function versionIn({ before, after }: DependencyChange): string {
  return `${after?.version ?? ""} ${before?.version ?? ""}`;
}

type LockfilePair = readonly [before: Lockfile | undefined, after: Lockfile | undefined];

function pairedLockfiles(before: readonly Lockfile[], after: readonly Lockfile[]): LockfilePair[] {
  const old = new Map(before.map((lockfile) => [lockfile.path, lockfile]));
  const pairs: LockfilePair[] = [];
  const added: Lockfile[] = [];
  for (const lockfile of after) {
    const same = old.get(lockfile.path);
    if (same === undefined) added.push(lockfile);
    else pairs.push([same, lockfile]);
    old.delete(lockfile.path);
  }
  const gone = Map.groupBy(old.values(), groupOf);
  const come = Map.groupBy(added, groupOf);
  for (const group of new Set([...gone.keys(), ...come.keys()])) {
    const [left, right] = [gone.get(group) ?? [], come.get(group) ?? []];
    if (left.length === 1 && right.length === 1) pairs.push([left[0], right[0]]);
    else {
      for (const lockfile of left) pairs.push([lockfile, undefined]);
      for (const lockfile of right) pairs.push([undefined, lockfile]);
    }
  }
  return pairs;
}

/** The directory and the ecosystem; of a lockfile without packages its own path. */
function groupOf({ path, packages }: Lockfile): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const [first] = packages;
  return first === undefined ? `- ${path}` : `${first.type} ${folder}`;
}

function changesOf(before: Lockfile | undefined, after: Lockfile | undefined, lockfile: string): DependencyChange[] {
  const sameFormat = familyOf(before?.format) === familyOf(after?.format);
  const old = byName(before?.packages ?? []);
  const fresh = byName(after?.packages ?? []);
  const sideOf = (side: Lockfile | undefined) => {
    let through: ((record: PackageRecord) => readonly string[]) | undefined;
    return (record: PackageRecord): LockedDependency => {
      through ??= throughOf(side?.packages ?? []);
      return lockedDependency(record, lockfile, through(record));
    };
  };
  const [oldOf, freshOf] = [sideOf(before), sideOf(after)];
  const changes: DependencyChange[] = [];
  for (const [key, records] of old) {
    for (const found of changedVersions(records, fresh.get(key) ?? [], sameFormat)) {
      changes.push(changeOf(found, lockfile, oldOf, freshOf));
    }
  }
  for (const [key, records] of fresh) {
    if (old.has(key)) continue;
    for (const after of records) changes.push(changeOf({ kind: "added", after }, lockfile, oldOf, freshOf));
  }
  return changes;
}

/** Versions of a format that say the same of a package; Yarn's first one is another format under the same name. */
function familyOf(format: string | undefined): string | undefined {
  return format === "yarn-lock 1" ? format : format?.split(" ", 1)[0];
}

/** By type and name, in any spelling. */
function byName(records: readonly PackageRecord[]): Map<string, PackageRecord[]> {
  return Map.groupBy(records, ({ type, name }) => `${type} ${spelledName(type, name)}`);
}

type Found = { readonly kind: ChangeKind; readonly differs?: DependencyChange["differs"] } & Pair<PackageRecord>;

/** What differs between the versions of one package; what is alike on both sides cancels first. */
function changedVersions(
  before: readonly PackageRecord[],
  after: readonly PackageRecord[],
  sameFormat: boolean,
): Found[] {
  const found: Found[] = [];
  const old = new Map<string, PackageRecord>();
  const twice: PackageRecord[] = [];
  for (const record of before) {
    if (old.has(record.version)) twice.push(record);
    else old.set(record.version, record);
  }
  const fresh: PackageRecord[] = [];
  for (const record of after) {
    const same = old.get(record.version);
    if (same === undefined) {
      fresh.push(record);
      continue;
    }
    old.delete(record.version);
    const differs = differences(same, record, sameFormat);
    if (differs.length > 0) found.push({ kind: "replaced", differs, before: same, after: record });
  }
  const type = (before[0] ?? after[0])?.type ?? "generic";
  for (const pair of pairVersions(type, [...old.values(), ...twice], fresh)) {
    const change = changeOfPair(type, pair, sameFormat);
    if (change !== undefined) found.push(change);
  }
  return found;
}

function changeOfPair(type: PackageType, pair: Pair<PackageRecord>, sameFormat: boolean): Found | undefined {
  if (pair.after === undefined) return { kind: "removed", ...pair };
  if (pair.before === undefined) return { kind: "added", ...pair };
  const order = orderOf(type, pair.before.version, pair.after.version);
  if (order !== undefined && order !== 0) return { kind: order < 0 ? "upgraded" : "downgraded", ...pair };
  const differs = differences(pair.before, pair.after, sameFormat);
  // `1.0` and `1.0.0` are one version where they have one order; what comes after a plus, or has no order, is another.
  const other = order === undefined || pair.after.version.includes("+") || pair.before.version.includes("+");
  if (!other && differs.length === 0) return undefined;
  return { kind: "replaced", differs: other ? ["version", ...differs] : differs, ...pair };
}

function changeOf(
  { kind, differs, before, after }: Found,
  lockfile: string,
  oldOf: (record: PackageRecord) => LockedDependency,
  freshOf: (record: PackageRecord) => LockedDependency,
): DependencyChange {
  const { type, name } = (after ?? before) as PackageRecord;
  return {
    kind,
    type,
    name,
    lockfile,
    ...(before === undefined ? {} : { before: oldOf(before) }),
    ...(after === undefined ? {} : { after: freshOf(after) }),
    ...(differs === undefined ? {} : { differs }),
  };
}

function lockedDependency(record: PackageRecord, lockfile: string, through: readonly string[]): LockedDependency {
  const { type, name, version, fetchedFrom, otherOrigins, hashes, files, installScript, direct, usage, line } = record;
  const { licenses } = record;
  return {
    type,
    name,
    version,
    ...(fetchedFrom === undefined ? {} : { fetchedFrom }),
    ...(otherOrigins === undefined ? {} : { otherOrigins }),
    hashes: hashes ?? {},
    ...(files === undefined ? {} : { files }),
    ...(installScript === undefined ? {} : { installScript }),
    ...(direct === undefined ? {} : { direct }),
    ...(licenses.length === 0 ? {} : { licenses }),
    usage: usage ?? "runtime",
    through,
    lockfile,
    ...(line === undefined ? {} : { line }),
  };
}

function newMismatches(before: LockfileSide, after: LockfileSide): ManifestMismatch[] {
  const keyOf = ({ lockfile, manifest, type, name, wanted, locked, kind }: ManifestMismatch): string =>
    JSON.stringify([lockfile, manifest, type, name, wanted, locked, kind]);
  const known = new Set(before.lockfiles.flatMap(({ mismatches }) => mismatches.map(keyOf)));
  return after.lockfiles.flatMap(({ mismatches }) => mismatches.filter((mismatch) => !known.has(keyOf(mismatch))));
}

/**
 * What is not known of either side. A reason that both have stays: what it leaves out may be something else on each. Of the
 * side before only what that one alone has is told, with its name.
 */
function gapsOf(before: LockfileSide, after: LockfileSide): Gap[] {
  const all = (side: LockfileSide): Gap[] => [...side.gaps, ...side.lockfiles.flatMap(({ gaps }) => gaps)];
  const fresh = all(after);
  const known = new Set(fresh.map(({ code, reason }) => `${code} ${reason}`));
  const old = all(before).filter(({ code, reason }) => !known.has(`${code} ${reason}`));
  const told = [...fresh, ...old.map((gap) => ({ ...gap, reason: `${before.name}: ${gap.reason}` }))];
  if (told.length <= bounds.gaps) return told;
  const more = told.length - bounds.gaps;
  return [...told.slice(0, bounds.gaps), { code: "dependencies.more-gaps", reason: `${more} more reasons` }];
}

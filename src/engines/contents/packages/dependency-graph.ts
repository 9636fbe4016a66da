import { bounds } from "../bounds.ts";
import type { PackageRecord } from "../model.ts";
import type { Unread } from "./unread.ts";

/** A package as one place of a file states it; the graph adds what stands for it and what it needs. */
export type PackageStatement = Omit<PackageRecord, "reference" | "dependsOn">;

/** Packages of one file while they are read: those with the same name and version are one. */
export interface PackageList {
  /** Adds a package, or joins it with what the file said of it before. Returns its reference. */
  add(statement: PackageStatement): string;
  /** In the order of their first mention. What was over a bound is told to `unread`. */
  records(unread: Unread): PackageRecord[];
}

/** The same for formats that say what needs what. All packages come before the edges. */
export interface DependencyGraph extends PackageList {
  /** Says that one package needs another, both by reference. What needs itself is left out. */
  connect(from: string, to: string): void;
  /** Says what the project itself names, by reference; whatever it never names is then not direct. */
  connectProject(to: Iterable<string>): void;
}

/** @param most - of packages */
export function packageList(most?: number): PackageList {
  const { add, list } = statements(most);
  return { add, records: (unread) => list(unread).map(([, statement]) => statement) };
}

export function dependencyGraph(): DependencyGraph {
  const { add, has, list } = statements();
  const needs = new Map<string, Set<string>>();
  let direct: Set<string> | undefined;
  let edges = 0;
  let edgesLeftOut = 0;
  return {
    add,
    connect(from, to) {
      if (from === to || !has(from) || !has(to)) return;
      let needed = needs.get(from);
      if (needed === undefined) {
        needed = new Set();
        needs.set(from, needed);
      }
      if (needed.has(to)) return;
      if (edges >= bounds.dependencyEdges) {
        edgesLeftOut += 1;
        return;
      }
      edges += 1;
      needed.add(to);
    },
    connectProject(to) {
      direct ??= new Set();
      for (const reference of to) if (has(reference)) direct.add(reference);
    },
    records(unread) {
      if (edgesLeftOut > 0) unread.add(`it states more than the ${bounds.dependencyEdges} dependencies looked at`);
      return list(unread).map(([reference, statement]) => ({
        ...statement,
        ...(direct === undefined ? {} : { direct: direct.has(reference) }),
        reference,
        dependsOn: [...(needs.get(reference) ?? [])].sort(),
      }));
    },
  };
}

/** What both have: statements by reference, up to the bound. */
function statements(most: number = bounds.packages) {
  const byReference = new Map<string, PackageStatement>();
  let leftOut = 0;
  return {
    add(statement: PackageStatement): string {
      const reference = referenceOf(statement);
      const before = byReference.get(reference);
      if (before !== undefined) {
        byReference.set(reference, joined(before, statement));
      } else if (byReference.size < most) {
        const { name, version } = statement;
        byReference.set(reference, { ...statement, name: ofItsOwn(name), version: ofItsOwn(version) });
      } else {
        leftOut += 1;
      }
      return reference;
    },
    has: (reference: string): boolean => byReference.has(reference),
    list(unread: Unread): [reference: string, statement: PackageStatement][] {
      if (leftOut > 0) unread.add(`it states more than the ${most} packages that are read`);
      return [...byReference].map(([reference, statement]) => [reference, withoutDisputedHashes(statement)]);
    },
  };
}

/** A text cut from a file's would keep all of that in memory for as long as its record lives. */
function ofItsOwn(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

/** Unambiguous: neither names nor versions have white space (identityOf refuses it). */
function referenceOf({ name, version }: PackageStatement): string {
  return `${name} ${version}`;
}

/**
 * What several mentions say together. It is used in the strongest way that any of them tells, and direct where one of
 * them is. Hashes in which they differ are of several artifacts (one for each platform), so none stands for all.
 */
function joined(first: PackageStatement, second: PackageStatement): PackageStatement {
  const { usage: _usage, hashes: _hashes, direct: _direct, ...rest } = first;
  const usage = USAGES.find((usage) => usage === first.usage || usage === second.usage);
  const runtime = first.usage === undefined || second.usage === undefined;
  const hashes = joinedHashes(first.hashes, second.hashes);
  return {
    ...rest,
    licenses: first.licenses.length === 0 ? second.licenses : first.licenses,
    ...(runtime || usage === undefined ? {} : { usage }),
    ...(first.direct === undefined && second.direct === undefined
      ? {}
      : { direct: first.direct === true || second.direct === true }),
    ...(hashes === undefined ? {} : { hashes }),
  };
}

/** From the strongest. */
const USAGES = ["runtime", "optional", "development"] as const;

/** Empty where they differ, and then it stays empty whatever a third mention says. */
function joinedHashes(first: PackageRecord["hashes"], second: PackageRecord["hashes"]): PackageRecord["hashes"] {
  if (first === undefined || second === undefined) return first ?? second;
  return Object.fromEntries(Object.entries(first).filter(([algorithm, hash]) => second[algorithm] === hash));
}

function withoutDisputedHashes(statement: PackageStatement): PackageStatement {
  const { hashes, ...rest } = statement;
  return hashes === undefined || Object.keys(hashes).length > 0 ? statement : rest;
}

import { bounds } from "../bounds.ts";
import type { PackageOrigin, PackageRecord, PackageType } from "../model.ts";
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
        byReference.set(reference, owned(statement));
      } else {
        leftOut += 1;
      }
      return reference;
    },
    has: (reference: string): boolean => byReference.has(reference),
    list(unread: Unread): [reference: string, statement: PackageStatement][] {
      if (leftOut > 0) unread.add(`it states more than the ${most} packages that are read`);
      return [...byReference].map(([reference, statement]) => {
        if (isContradicted(statement)) {
          unread.add(`the package ${reference.slice(0, MOST_SHOWN)} stands there twice with different hashes`);
        }
        return [reference, withoutDisputedHashes(statement)];
      });
    },
  };
}

const MOST_SHOWN = 120;

/** Ecosystems in which a version is one file, so that two hashes of it are of two contents. */
const ONE_FILE: ReadonlySet<PackageType> = new Set(["npm", "cargo"]);

/** From the same place, so that no repository or mirror explains it. */
function isContradicted({ type, hashes, otherOrigins }: PackageStatement): boolean {
  if (!ONE_FILE.has(type) || otherOrigins !== undefined || hashes === undefined) return false;
  return Object.values(hashes).includes(DISPUTED);
}

function owned(statement: PackageStatement): PackageStatement {
  const { name, version, files, fetchedFrom } = statement;
  return {
    ...statement,
    name: ofItsOwn(name),
    version: ofItsOwn(version),
    ...(files === undefined ? {} : { files: ownTexts(files) }),
    ...(fetchedFrom === undefined ? {} : { fetchedFrom: ownOrigin(fetchedFrom) }),
  };
}

function ownTexts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [ofItsOwn(key), ofItsOwn(text)]));
}

function ownOrigin(origin: PackageOrigin): PackageOrigin {
  const url = ofItsOwn(origin.url);
  if (origin.kind === "registry" || origin.revision === undefined) return { ...origin, url };
  return { ...origin, url, revision: ofItsOwn(origin.revision) };
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
  const origins = joinedOrigins(first, second);
  const files = first.files === undefined ? second.files : { ...second.files, ...first.files };
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
    ...(files === undefined ? {} : { files: ownTexts(files) }),
    ...origins,
    ...(first.installScript === undefined && second.installScript === undefined
      ? {}
      : { installScript: first.installScript === true || second.installScript === true }),
  };
}

/** Of a package that one file takes from several places. */
const MOST_ORIGINS = 16;

function joinedOrigins(
  first: PackageStatement,
  second: PackageStatement,
): Pick<PackageStatement, "fetchedFrom" | "otherOrigins"> {
  const { fetchedFrom: added } = second;
  if (added === undefined) return {};
  if (first.fetchedFrom === undefined) return { fetchedFrom: ownOrigin(added) };
  const others = first.otherOrigins ?? [];
  const known = [first.fetchedFrom, ...others].some((origin) => isSameOrigin(origin, added));
  return known || others.length >= MOST_ORIGINS ? {} : { otherOrigins: [...others, ownOrigin(added)] };
}

function isSameOrigin(a: PackageOrigin, b: PackageOrigin): boolean {
  if (a.kind !== b.kind || a.url !== b.url) return false;
  return a.kind === "registry" || b.kind === "registry" || a.revision === b.revision;
}

/** From the strongest. */
const USAGES = ["runtime", "optional", "development"] as const;

/** What stands for a hash in which mentions differ, whatever a third one says. */
const DISPUTED = "";

function joinedHashes(first: PackageRecord["hashes"], second: PackageRecord["hashes"]): PackageRecord["hashes"] {
  if (first === undefined || second === undefined) return first ?? second;
  const joined: Record<string, string> = { ...first };
  for (const [algorithm, hash] of Object.entries(second)) {
    const known = joined[algorithm];
    joined[algorithm] = known === undefined || known === hash ? hash : DISPUTED;
  }
  return joined;
}

function withoutDisputedHashes(statement: PackageStatement): PackageStatement {
  const { hashes, ...rest } = statement;
  if (hashes === undefined || !Object.values(hashes).includes(DISPUTED)) return statement;
  const agreed = Object.entries(hashes).filter(([, hash]) => hash !== DISPUTED);
  return agreed.length === 0 ? rest : { ...rest, hashes: Object.fromEntries(agreed) };
}

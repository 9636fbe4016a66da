import type { Asset } from "./asset.ts";
import type { FindingDraft } from "./finding.ts";
import { compileGlob } from "./glob.ts";

/** An entry of the policy's `exceptions`: what it names, why, who answers for it, and until when. */
export interface Exception {
  /** Advisory or check ids, any case; empty names every id. */
  readonly ids: readonly string[];
  /** Package name, exact. */
  readonly package?: string;
  /** Path pattern (see core/glob.ts) over the path in the image or the tree, without a leading slash. */
  readonly path?: string;
  /** Pattern over what the asset is called, as for path: see {@link assetFilter}. */
  readonly asset?: string;
  /** Why the flaw does no harm there, in VEX's words; absent: it may, and that is accepted. Only `bulkhead vex` asks. */
  readonly justification?: Justification;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601 date: the last day on which it holds, in UTC. */
  readonly expires: string;
  /** Where it stands, for reports. */
  readonly source: { readonly path: string; readonly line: number; readonly column: number };
}

export type Justification = (typeof justifications)[number];

/** The five of CISA's "VEX Status Justifications" (June 2022). */
export const justifications = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
] as const;

/** What took a finding out of the verdict: an exception of the policy, or a statement that the caller brought (VEX). */
export interface ExceptionUse {
  readonly reason: string;
  /** Who answers for it: of a statement, the document's author. */
  readonly owner: string;
  /** As an exception's; a statement has none. */
  readonly expires?: string;
  /** A statement has no line. */
  readonly source: { readonly path: string; readonly line?: number; readonly column?: number };
}

/** What a statement says of a finding: that it is none, or something that the reader should know beside it. */
export type Assessment =
  | { readonly kind: "dismissed"; readonly exception: ExceptionUse }
  | { readonly kind: "noted"; readonly note: string };

/** Expired from the first moment of the day after `expires`, in UTC. What is no date never holds. */
export function isExpired(exception: Pick<Exception, "expires">, now: Date): boolean {
  const end = Date.parse(`${exception.expires}T00:00:00Z`) + 24 * 60 * 60 * 1000;
  return !(now.getTime() < end);
}

/** `CVE-2021-44906, package minimist`: what the exception names, for reports. */
export function exceptionScope(exception: Pick<Exception, "ids" | "package" | "path" | "asset">): string {
  const parts = exception.ids.length === 0 ? [] : [exception.ids.join(", ")];
  if (exception.package !== undefined) parts.push(`package ${exception.package}`);
  if (exception.path !== undefined) parts.push(`path ${exception.path}`);
  if (exception.asset !== undefined) parts.push(`asset ${exception.asset}`);
  return parts.join(", ");
}

/**
 * Prepares the exceptions for one asset: what is expired or names another asset is dropped once. The function returned
 * gives the first exception, in the policy's order, that names the finding; everything an exception states must match.
 */
export function exceptionsFor(
  asset: Asset,
  exceptions: readonly Exception[],
  now: Date,
): (finding: Pick<FindingDraft, "matches">) => Exception | undefined {
  const naming = prepare(asset, exceptions, now);
  return ({ matches }) => {
    let first: Candidate | undefined;
    for (const candidates of naming(matches.ids)) {
      for (const candidate of candidates) {
        if (first !== undefined && first.order <= candidate.order) break;
        if (covers(candidate, matches)) first = candidate;
      }
    }
    return first?.exception;
  };
}

/** As {@link exceptionsFor}, and gives all that name the finding. */
export function everyExceptionFor(
  asset: Asset,
  exceptions: readonly Exception[],
  now: Date,
): (finding: Pick<FindingDraft, "matches">) => ReadonlySet<Exception> {
  const naming = prepare(asset, exceptions, now);
  return ({ matches }) => {
    const candidates = naming(matches.ids).flatMap((some) => some.filter((one) => covers(one, matches)));
    return new Set(candidates.map(({ exception }) => exception));
  };
}

/** Each list in the policy's order. */
function prepare(
  asset: Asset,
  exceptions: readonly Exception[],
  now: Date,
): (ids: readonly string[]) => readonly (readonly Candidate[])[] {
  const byId = new Map<string, Candidate[]>();
  const anyId: Candidate[] = [];
  for (const [order, exception] of exceptions.entries()) {
    if (isExpired(exception, now) || !assetFilter(exception)(asset)) continue;
    const candidate = {
      order,
      exception,
      ...(exception.path === undefined ? {} : { matchesPath: compileGlob(exception.path) }),
    };
    if (exception.ids.length === 0) anyId.push(candidate);
    for (const id of new Set(exception.ids.map((id) => id.toLowerCase()))) {
      const others = byId.get(id);
      if (others === undefined) byId.set(id, [candidate]);
      else others.push(candidate);
    }
  }
  if (byId.size === 0 && anyId.length === 0) return () => [];
  return (ids) => [anyId, ...ids.map((id) => byId.get(id.toLowerCase()) ?? [])];
}

interface Candidate {
  readonly order: number;
  readonly exception: Exception;
  readonly matchesPath?: (path: string) => boolean;
}

/**
 * Whether an asset is one that the exception names: by its name, lineage or id. An image of the tree under review says
 * itself what it is called, and could take any excepted image's name: it is named by its path in the tree or by a digest.
 */
export function assetFilter({ asset: pattern }: Pick<Exception, "asset">): (asset: Asset) => boolean {
  if (pattern === undefined) return () => true;
  const matches = compileGlob(pattern);
  return (asset) => {
    const names = namesOf(asset);
    // One asset has many evaluations, and a hostile policy a thousand patterns: each pair is looked at once.
    const key = [pattern, ...names].join("\0");
    let named = remembered.get(key);
    if (named === undefined) {
      named = names.some(matches);
      if (remembered.size >= REMEMBERED) remembered.clear();
      remembered.set(key, named);
    }
    return named;
  };
}

function namesOf(asset: Asset): string[] {
  if (asset.kind !== "image" || asset.place === undefined) return [asset.name, asset.lineage, asset.id];
  const digests = asset.references.flatMap(({ manifestDigest, indexDigest }) => [manifestDigest, indexDigest]);
  return [asset.place, asset.id, ...digests.filter((digest) => digest !== undefined)];
}

/** What a pattern says of an asset never changes. */
const remembered = new Map<string, boolean>();
const REMEMBERED = 200_000;

function covers({ exception, matchesPath }: Candidate, matches: FindingDraft["matches"]): boolean {
  if (exception.package !== undefined && exception.package !== matches.package) return false;
  return matchesPath === undefined || (matches.path !== undefined && matchesPath(matches.path));
}

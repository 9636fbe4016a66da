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
  /** Pattern over the asset's name, lineage or id, as for path. */
  readonly asset?: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601 date: the last day on which it holds, in UTC. */
  readonly expires: string;
  /** Where it stands, for reports. */
  readonly source: { readonly path: string; readonly line: number; readonly column: number };
}

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
): (finding: FindingDraft) => Exception | undefined {
  const byId = new Map<string, Candidate[]>();
  const anyId: Candidate[] = [];
  for (const [order, exception] of exceptions.entries()) {
    if (isExpired(exception, now) || !namesAsset(exception, asset)) continue;
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
  if (byId.size === 0 && anyId.length === 0) return () => undefined;

  return ({ matches }) => {
    let first: Candidate | undefined;
    for (const candidates of [anyId, ...matches.ids.map((id) => byId.get(id.toLowerCase()) ?? [])]) {
      for (const candidate of candidates) {
        if (first !== undefined && first.order <= candidate.order) break;
        if (covers(candidate, matches)) first = candidate;
      }
    }
    return first?.exception;
  };
}

interface Candidate {
  readonly order: number;
  readonly exception: Exception;
  readonly matchesPath?: (path: string) => boolean;
}

function namesAsset(exception: Exception, asset: Asset): boolean {
  if (exception.asset === undefined) return true;
  return [asset.name, asset.lineage, asset.id].some(compileGlob(exception.asset));
}

function covers({ exception, matchesPath }: Candidate, matches: FindingDraft["matches"]): boolean {
  if (exception.package !== undefined && exception.package !== matches.package) return false;
  return matchesPath === undefined || (matches.path !== undefined && matchesPath(matches.path));
}

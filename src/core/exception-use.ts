/** What became of a policy's exceptions in one run. */

import type { Asset } from "./asset.ts";
import { bounds } from "./bounds.ts";
import type { CheckIdentity } from "./check.ts";
import type { Evaluation } from "./evaluation.ts";
import { assetFilter, type Exception, everyExceptionFor, isExpired } from "./exception.ts";

export interface ExceptionInRun {
  readonly exception: Exception;
  /** How many findings it names, whatever else took them out of the verdict as well. */
  readonly findings: number;
  /** The different flaws among them, each by the id that is shown, sorted. */
  readonly flaws: readonly string[];
  /**
   * True: it names a finding, or whatever it could have named in this run was judged, on whole evidence, so that naming
   * nothing means that there was nothing. See {@link usesOf}.
   */
  readonly judged: boolean;
}

/** How much a run looked at: all there is below a folder, or the one thing that was named. */
export type RunExtent = "tree" | "named";

/**
 * What each exception in force named among the evaluations' findings; those that have expired name nothing and are left
 * out. Pure.
 *
 * An exception counts as judged only where all of this holds, since everything else may lie outside the run:
 * - at least one evaluation is of an asset that it names, and by a check whose findings have its ids;
 * - none of these evaluations has a gap;
 * - a run over one named thing speaks only for exceptions that name an asset, and name it without a wildcard;
 * - all patterns together are held against all assets within a bound;
 * - of a run over a tree, an exception that names neither an asset nor checks alone may be meant for the tree's images:
 *   one of them was judged.
 */
export function usesOf(
  evaluations: Iterable<Evaluation>,
  exceptions: readonly Exception[],
  {
    now,
    checks,
    extent,
  }: { readonly now: Date; readonly checks: readonly CheckIdentity[]; readonly extent: RunExtent },
): ExceptionInRun[] {
  const findings = new Map<Exception, number>();
  const flaws = new Map<Exception, Set<string>>();
  const inForce = exceptions.filter((exception) => !isExpired(exception, now));
  const assets = new Map<string, EvaluatedAsset>();
  for (const { check, asset, excepted, gaps } of evaluations) {
    if (inForce.length > 0) evaluatedAssetOf(asset, assets)[gaps.length === 0 ? "whole" : "inPart"].push(check);
    if (excepted.length === 0) continue;
    const naming = everyExceptionFor(asset, exceptions, now);
    for (const { finding } of excepted) {
      for (const exception of naming(finding)) {
        findings.set(exception, (findings.get(exception) ?? 0) + 1);
        const [id] = finding.matches.ids;
        const known = flaws.get(exception);
        if (id === undefined) continue;
        if (known === undefined) flaws.set(exception, new Set([id]));
        else known.add(id);
      }
    }
  }
  const byId = new Map(checks.map((check) => [check.id, check]));
  const byAsset = [...assets.values()];
  const affordable = stepsFor(inForce, byAsset) <= bounds.exceptionSteps;
  return inForce.map((exception) => ({
    exception,
    findings: findings.get(exception) ?? 0,
    flaws: [...(flaws.get(exception) ?? [])].sort(),
    judged: findings.has(exception) || (affordable && isJudged(exception, byAsset, byId, extent)),
  }));
}

/** An asset, and the checks that judged it. */
interface EvaluatedAsset {
  readonly asset: Asset;
  /** On whole evidence. */
  readonly whole: string[];
  readonly inPart: string[];
}

function evaluatedAssetOf(asset: Asset, assets: Map<string, EvaluatedAsset>): EvaluatedAsset {
  const key = JSON.stringify([asset.id, asset.lineage, asset.name]);
  const known = assets.get(key);
  if (known !== undefined) return known;
  const made: EvaluatedAsset = { asset, whole: [], inPart: [] };
  assets.set(key, made);
  return made;
}

/** How much it takes to hold each exception's pattern against each asset's names (see core/glob.ts). */
function stepsFor(exceptions: readonly Exception[], byAsset: readonly EvaluatedAsset[]): number {
  const patterns = exceptions.reduce((sum, { asset = "" }) => {
    const wildcard = asset.search(/[*?]/);
    return sum + (wildcard < 0 ? 1 : asset.length - wildcard);
  }, 0);
  const names = byAsset.reduce((sum, { asset: { id, lineage, name } }) => {
    return sum + id.length + lineage.length + name.length;
  }, 0);
  return patterns * names;
}

function isJudged(
  exception: Exception,
  byAsset: Iterable<EvaluatedAsset>,
  checks: ReadonlyMap<string, CheckIdentity>,
  extent: RunExtent,
): boolean {
  if (extent === "named" && (exception.asset === undefined || /[*?]/.test(exception.asset))) return false;
  const named = assetFilter(exception);
  const seen = new Set<string>();
  let image = false;
  const mayName = (check: string) => mayFind(checks.get(check), check, exception);
  for (const { asset, whole, inPart } of byAsset) {
    if (!named(asset)) continue;
    if (inPart.some(mayName)) return false;
    for (const check of whole) {
      if (!mayName(check)) continue;
      seen.add(check);
      image ||= asset.kind === "image";
    }
  }
  const ids = exception.ids.map((id) => id.toLowerCase());
  if (ids.length > 0 && ids.every((id) => checks.has(id))) return ids.every((id) => seen.has(id));
  return seen.size > 0 && (image || exception.asset !== undefined);
}

/** Advisories say of themselves that they are: `CVE-2021-44906`, `GHSA-xvch-5gv4-984h`. Other ids may be any check's. */
const ADVISORY = /^ghsa-|-(?:19|20)\d\d[-:]/i;

function mayFind(check: CheckIdentity | undefined, id: string, { ids }: Exception): boolean {
  return (
    ids.length === 0 ||
    ids.some((named) => {
      if (named.includes("/")) return named.toLowerCase() === id;
      return !ADVISORY.test(named) || check === undefined || check.category === "vulnerability";
    })
  );
}

/** What could not be evaluated, each cause once. Pure. */
import { type Asset, assetTitle } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import { compareText } from "../../core/order.ts";
import type { Report } from "../../core/report.ts";
import { assetKey } from "./asset-tally.ts";

export interface UnknownGroup {
  /** The gap's code; of an unknown without a gap, the check's id. */
  readonly code: string;
  /** The one of the most evaluations, of several reasons. */
  readonly reason: string;
  /** How many others of the same code there are; at most {@link REASONS}. */
  readonly otherReasons: number;
  /** What closes it: what all remedies begin with, up to the end of a clause, else that of the reason. */
  readonly remedy?: string;
  /** Evaluations that say unknown for it. */
  readonly unknown: number;
  /** Evaluations that reached a verdict although it is missing. */
  readonly partial: number;
  /** Of the first asset in the order of names. */
  readonly asset: Asset;
  readonly assets: number;
}

/** So many reasons of one code, and assets, are told apart. */
export const REASONS = 1_000;

interface Reason {
  readonly reason: string;
  readonly remedy: string | undefined;
  count: number;
}

interface Growing {
  readonly code: string;
  readonly reasons: Map<string, Reason>;
  readonly assets: Set<string>;
  remedy: string | undefined;
  unknown: number;
  partial: number;
  asset: Asset;
}

/** The cause of the most unknowns first; holds a record a code, and of each a bounded number of reasons. */
export function groupUnknowns({ evaluations }: Pick<Report, "evaluations">): UnknownGroup[] {
  const groups = new Map<string, Growing>();
  for (const { verdict, action, check, reason, gaps, asset } of evaluations) {
    if (action === "audit" || (verdict !== "unknown" && gaps.length === 0)) continue;
    const causes = gaps.length === 0 ? [{ code: check, reason, remedy: undefined }] : gaps;
    const reported = new Set<string>();
    for (const cause of causes) {
      let group = groups.get(cause.code);
      if (group === undefined) {
        group = startOf(cause.code, asset);
        groups.set(cause.code, group);
      }
      addReason(group, cause.reason, cause.remedy);
      if (reported.has(cause.code)) continue;
      reported.add(cause.code);
      if (verdict === "unknown") group.unknown++;
      else group.partial++;
      if (group.assets.size < REASONS) group.assets.add(assetKey(asset));
      if (compareText(assetTitle(asset), assetTitle(group.asset)) < 0) group.asset = asset;
    }
  }
  return [...groups.values()].map(unknownGroup).sort(compareUnknowns);
}

function startOf(code: string, asset: Asset): Growing {
  return {
    code,
    reasons: new Map(),
    assets: new Set(),
    remedy: undefined,
    unknown: 0,
    partial: 0,
    asset,
  };
}

function addReason(group: Growing, reason: string, remedy: string | undefined): void {
  const known = group.reasons.get(reason);
  if (known !== undefined) known.count++;
  else if (group.reasons.size < REASONS) {
    group.remedy = group.reasons.size === 0 ? remedy : commonClause(group.remedy, remedy);
    group.reasons.set(reason, { reason, remedy, count: 1 });
  }
}

/** What two remedies begin with, up to a semicolon. */
function commonClause(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return a;
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  const whole = length === a.length ? b : length === b.length ? a : undefined;
  const end = whole?.[length] === ";" ? length : a.lastIndexOf(";", length - 1);
  return end > 0 ? a.slice(0, end) : undefined;
}

function unknownGroup({ code, reasons, assets, remedy, unknown, partial, asset }: Growing): UnknownGroup {
  const [most] = [...reasons.values()].sort((a, b) => b.count - a.count || compareText(a.reason, b.reason));
  const closes = remedy ?? most?.remedy;
  return {
    code,
    reason: most?.reason ?? "",
    otherReasons: Math.max(0, reasons.size - 1),
    ...(closes === undefined ? {} : { remedy: closes }),
    unknown,
    partial,
    asset,
    assets: assets.size,
  };
}

function compareUnknowns(a: UnknownGroup, b: UnknownGroup): number {
  return b.unknown - a.unknown || b.partial - a.partial || compareText(a.code, b.code);
}

export function unknownReason({ reason, otherReasons }: UnknownGroup): string {
  return otherReasons === 0 ? reason : `${reason}, and ${otherReasons} like it`;
}

/**
 * `563 checks of 14 assets`; partial evidence may prove a fail all the same.
 *
 * @param named - whether one asset is: not where the report is about one
 */
export function unknownCount({ unknown, partial, assets, asset }: UnknownGroup, named = true): string {
  const of = assets > 1 ? ` of ${assets} assets` : named ? ` of ${assetTitle(asset)}` : "";
  if (unknown === 0) return `${counted(partial, "failed check")}${of}`;
  return `${counted(unknown, "check")}${of}${partial === 0 ? "" : `, and ${counted(partial, "failed check")}`}`;
}

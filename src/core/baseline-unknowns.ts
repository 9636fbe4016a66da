/**
 * Unknowns in a baseline: gaps that were there when it was written. A gap of another check, asset, code or reason is not
 * among them, entries expire, and some gaps are never recorded.
 */
import { createHash } from "node:crypto";
import { UNRATED } from "./accepted-unknown.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Gap } from "./evidence.ts";
import { compileGlob } from "./glob.ts";
import { compareText } from "./order.ts";
import type { Policy } from "./policy.ts";
import type { AcceptedUnknown } from "./unknown-entry.ts";
import { isObject } from "./untyped.ts";

export interface BaselineUnknown {
  /** Of check, asset, code and reason: hex, 32 digits. */
  readonly fingerprint: string;
  readonly check: string;
  /** The asset's lineage, under its authority. */
  readonly asset: string;
  readonly code: string;
  /** The gap's own, as it was. */
  readonly reason: string;
  /** ISO 8601 dates, UTC: when it was first written, and the last day on which it holds. */
  readonly since: string;
  readonly expires: string;
}

/** Days for which an entry holds; the policy's `exceptionLimits.maxDays` where that is less. */
export const UNKNOWN_DAYS = 90;

/**
 * Codes that no baseline absorbs, for each says that the run itself lacked what it judges by: the advisory database, its
 * age, that of the distribution's suites, the policy, and what the policy requires to be known. A name that ends with a
 * dot is all codes that begin with it.
 */
export const neverAbsorbed: readonly string[] = [
  "database.",
  "feeds.",
  "bundle.",
  "policy.",
  "evidence.stale",
  "updates.stale-copy",
  "updates.expired",
  "kubernetes.secret-age",
];

/** Whether a baseline may hold this gap of a check's. What the policy denies by the check's name, it requires. */
export function mayAbsorb(code: string, check: string, { enforcement }: Pick<Policy, "enforcement">): boolean {
  if (check.startsWith("policy/")) return false;
  if (neverAbsorbed.some((one) => (one.endsWith(".") ? code.startsWith(one) : code === one))) return false;
  const stated = [enforcement.ci, ...enforcement.ci.atLeast];
  return !stated.some(({ checks }) =>
    Object.entries(checks).some(([pattern, action]) => action === "deny" && compileGlob(pattern)(check)),
  );
}

/** sha256 over the four, as JSON, of which the first 128 bits. */
export function unknownFingerprint(check: string, asset: string, code: string, reason: string): string {
  const text = JSON.stringify([check, asset, code, reason]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/**
 * Adds what the baseline accepts to an evaluation that is unknown, or would be without its findings.
 *
 * @param unknowns - by fingerprint
 */
export function acceptKnown(
  evaluation: Evaluation,
  unknowns: ReadonlyMap<string, BaselineUnknown>,
  { policy, now }: { readonly policy: Pick<Policy, "enforcement">; readonly now: Date },
): Evaluation {
  const { check, asset, gaps, accepted: before = [] } = evaluation;
  if (unknowns.size === 0 || gaps.length === 0) return evaluation;
  const today = now.toISOString().slice(0, 10);
  const entryOf = ({ code, reason }: Gap): BaselineUnknown | undefined => {
    const entry = unknowns.get(unknownFingerprint(check, asset.lineage, code, reason));
    return entry !== undefined && entry.expires >= today && mayAbsorb(code, check, policy) ? entry : undefined;
  };
  // One new reason makes all of its code red again.
  const added = [...Map.groupBy(gaps, ({ code }) => code)].flatMap(([code, own]): AcceptedUnknown[] => {
    const entries = own.map(entryOf);
    const [first] = entries;
    if (first === undefined || entries.includes(undefined) || before.some((one) => one.code === code)) return [];
    const expires = entries.flatMap((entry) => entry?.expires ?? []).sort()[0] ?? first.expires;
    return [{ code, by: "baseline", since: first.since, expires }];
  });
  return added.length === 0 ? evaluation : { ...evaluation, accepted: [...before, ...added] };
}

/**
 * What a new baseline holds of unknowns, sorted. What `before` has in force keeps its dates; what has expired gets new ones.
 *
 * @param evaluations - with all that was found
 */
export function unknownsOf(
  evaluations: Iterable<Evaluation>,
  {
    policy,
    now,
    before,
  }: { readonly policy: Policy; readonly now: Date; readonly before?: ReadonlyMap<string, BaselineUnknown> },
): BaselineUnknown[] {
  const today = now.toISOString().slice(0, 10);
  const days = Math.min(UNKNOWN_DAYS, policy.exceptionLimits.maxDays);
  const last = new Date(now.getTime() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const entries = new Map<string, BaselineUnknown>();
  for (const { check, asset, gaps } of evaluations) {
    for (const { code, reason } of gaps) {
      if (code === UNRATED || !mayAbsorb(code, check, policy)) continue;
      const fingerprint = unknownFingerprint(check, asset.lineage, code, reason);
      const known = before?.get(fingerprint);
      const dates = known !== undefined && known.expires >= today ? known : { since: today, expires: last };
      const { since, expires } = dates;
      entries.set(fingerprint, { fingerprint, check, asset: asset.lineage, code, reason, since, expires });
    }
  }
  const keyOf = ({ check, asset, code, reason }: BaselineUnknown) => JSON.stringify([check, asset, code, reason]);
  return [...entries.values()].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

/** Codes of the gaps that {@link unknownsOf} leaves out, sorted. */
export function unabsorbed(evaluations: Iterable<Evaluation>, policy: Policy): string[] {
  const codes = new Set<string>();
  for (const { check, gaps } of evaluations)
    for (const { code } of gaps) if (!mayAbsorb(code, check, policy)) codes.add(code);
  return [...codes].sort();
}

/** One line of the file. */
export function formatUnknown({ check, asset, code, reason, since, expires, fingerprint }: BaselineUnknown): string {
  return JSON.stringify({ check, asset, code, reason, since, expires, fingerprint });
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * Reads the list of a baseline file, by fingerprint. Files of before there was one have none.
 *
 * @param refuse - makes the error of an entry's place and cause
 */
export function parseUnknowns(
  list: unknown,
  refuse: (place: string, cause: string) => Error,
): ReadonlyMap<string, BaselineUnknown> {
  const entries = new Map<string, BaselineUnknown>();
  if (list === undefined) return entries;
  if (!Array.isArray(list)) throw refuse("unknowns", "not a list");
  for (const [index, value] of list.entries()) {
    const place = `unknowns[${index}]`;
    if (!isObject(value)) throw refuse(place, "not an object");
    const text = (key: keyof BaselineUnknown): string => {
      const found = value[key];
      if (typeof found !== "string") throw refuse(place, `${key} is missing or not a text`);
      if ((key === "since" || key === "expires") && !DATE.test(found)) throw refuse(place, `${key} is not a date`);
      return found;
    };
    const entry: BaselineUnknown = {
      fingerprint: text("fingerprint"),
      check: text("check"),
      asset: text("asset"),
      code: text("code"),
      reason: text("reason"),
      since: text("since"),
      expires: text("expires"),
    };
    if (entry.fingerprint !== unknownFingerprint(entry.check, entry.asset, entry.code, entry.reason)) {
      throw refuse(place, "the fingerprint is not that of its check, asset, code and reason");
    }
    if (Date.parse(entry.expires) - Date.parse(entry.since) > UNKNOWN_DAYS * 24 * 60 * 60 * 1000) {
      throw refuse(place, `expires is more than ${UNKNOWN_DAYS} days after since`);
    }
    entries.set(entry.fingerprint, entry);
  }
  return entries;
}

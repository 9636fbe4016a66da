/** Reads what controllers say of their last attempt, and the times in it. */
import type { SyncState } from "../external-secret-model.ts";
import { type Fields, stated } from "./fields.ts";

/** Types of conditions that say whether a Secret, or the way to its store, is as it should be. */
const CONDITIONS: ReadonlySet<string> = new Set(["Ready", "Synced", "SecretSynced", "Healthy"]);

interface Known {
  readonly refreshed?: string | undefined;
  /** Of a kind that says it without conditions. */
  readonly ready?: boolean | undefined;
  readonly reason?: string;
}

/**
 * One that is `False` decides; without any that is true or false it is not known. A status of none of that says nothing:
 * undefined, as where there is no status.
 */
export function readSync(status: Fields | undefined, known: Known = {}): SyncState | undefined {
  if (status === undefined) return undefined;
  const conditions = status
    .list("conditions")
    .filter((one) => CONDITIONS.has(one.string("type") ?? ""))
    .map((one) => ({
      is: one.scalar("status")?.toLowerCase(),
      reason: one.string("reason") || undefined,
      since: timeOf(one.scalar("lastTransitionTime")),
    }));
  const failed = conditions.find(({ is }) => is === "false");
  const said = failed ?? conditions.find(({ is }) => is === "true");
  const failedNamespaces = status.list("failedNamespaces").flatMap((one) => one.string("namespace") || []);
  const ready = said === undefined ? (known.ready ?? status.boolean("valid")) : said.is === "true";
  const { refreshed } = known;
  if (ready === undefined && refreshed === undefined && failedNamespaces.length === 0) return undefined;
  const reason = said?.reason ?? (ready === false ? known.reason : undefined);
  return stated({ ready, reason, since: said?.since, refreshed, failedNamespaces });
}

const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/;

/** RFC 3339 as it is stated; undefined for what is no time. YAML may have read it as one without its letters. */
export function timeOf(text: string | undefined): string | undefined {
  return text !== undefined && TIME.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Of seconds since 1970; none of zero, by which Go writes no time. */
export function unixTime(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds <= 0 || seconds > 253_402_300_799) return undefined;
  return new Date(seconds * 1000).toISOString();
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Go's durations (`1h30m`, package time, ParseDuration): in seconds; undefined for what is none. */
export function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined;
  if (/^[+-]?0+$/.test(text)) return 0;
  let seconds = 0;
  let at = 0;
  for (const { 0: part, 1: amount = "", 2: unit = "", index } of text.matchAll(
    /(\d{1,20}(?:\.\d{1,20})?)(h|ms|m|s|us|µs|ns)/g,
  )) {
    if (index !== at) return undefined;
    seconds += Number(amount) * (UNITS[unit] ?? 0);
    at = index + part.length;
  }
  return at === text.length && at > 0 ? seconds : undefined;
}

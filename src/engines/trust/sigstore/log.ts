/** Transparency logs (Rekor v1 and v2): the times that they vouch for, and that they have a signature. */
import { verify } from "node:crypto";
import type { SignedTime } from "../model.ts";
import { refused } from "../refusal.ts";
import { isoTime } from "../x509/rules.ts";
import { verifyInclusion } from "./checkpoint.ts";
import { type EntryClaim, verifyEntryBody } from "./log-body.ts";
import type { LogEntry } from "./material.ts";
import type { TrustedLog } from "./root.ts";

/** One entry with the log that has it. */
export interface LoggedEntry {
  readonly entry: LogEntry;
  readonly log: TrustedLog;
}

/**
 * The log of each entry.
 *
 * @throws a refusal where one is by no trusted log, or two are the same
 */
export function logsOf(entries: readonly LogEntry[], logs: readonly TrustedLog[]): readonly LoggedEntry[] {
  return entries.map((entry, i) => {
    const named = logs.filter(({ id }) => id.equals(entry.logId));
    // A root may name one log for several times.
    const log = named.find((one) => isTrustedAt(one, Number(entry.integratedTime) * 1000)) ?? named[0];
    if (log === undefined) {
      throw refused("trust.unknown-root", `the log ${entry.logId.toString("hex").slice(0, 64)} is not a trusted one`);
    }
    const twice = entries.findIndex((other) => other.logId.equals(entry.logId) && other.body.equals(entry.body));
    if (twice !== i) throw refused("trust.log", "the same log entry is given twice");
    return { entry, log };
  });
}

/** The time of an entry whose log signed it (signed entry timestamp); undefined where there is only a proof. */
export function timeOfEntry({ entry, log }: LoggedEntry): (SignedTime & { readonly milliseconds: number }) | undefined {
  const { promise, integratedTime, logIndex, body } = entry;
  if (promise === undefined) return undefined;
  // RFC 8785 of {body, integratedTime, logID, logIndex}: the names are in order, and nothing in the values is escaped.
  const signed = `{"body":"${body.toString("base64")}","integratedTime":${integratedTime},"logID":"${entry.logId.toString("hex")}","logIndex":${logIndex}}`;
  if (!verify(log.key.asymmetricKeyType === "ed25519" ? null : "sha256", Buffer.from(signed), log.key, promise)) {
    throw refused("trust.time", `log entry ${logIndex} is not as ${log.url} signed it with its time`);
  }
  if (integratedTime === 0n) return undefined;
  const milliseconds = Number(integratedTime) * 1000;
  if (milliseconds > 8.64e15) throw refused("trust.time", `the time of log entry ${logIndex} is no date`);
  refuseOutside(log, milliseconds);
  return { by: "log", at: isoTime(milliseconds), detail: `${log.url} entry ${logIndex}`, milliseconds };
}

function isTrustedAt({ from, until }: TrustedLog, time: number): boolean {
  return time >= from && time <= until;
}

function refuseOutside(log: TrustedLog, time: number): void {
  if (isTrustedAt(log, time)) return;
  throw refused("trust.time", `${log.url} was not trusted at ${isoTime(time)}`);
}

/**
 * Refuses entries that the log does not have, or that are of another signature.
 *
 * @param times - vouched for, in milliseconds: a log without times of its own must have been trusted then
 */
export function verifyEntry({ entry, log }: LoggedEntry, claim: EntryClaim, times: readonly number[]): void {
  if (entry.proof !== undefined) verifyInclusion(entry.proof, entry.body, log);
  else if (entry.promise === undefined)
    throw refused("trust.log", `log entry ${entry.logIndex} comes without any proof`);
  if (entry.promise === undefined) {
    // Only a promise covers the index of an entry in a log of several trees.
    if (entry.proof?.logIndex !== entry.logIndex)
      throw refused("trust.log", "the log entry names another index than its proof");
    for (const time of times) refuseOutside(log, time);
  }
  verifyEntryBody(entry, claim);
}

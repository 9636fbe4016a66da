/** The times that logs and timestamp authorities vouch for. */
import type { SignedTime } from "./model.ts";
import { type LoggedEntry, logsOf, timeOfEntry } from "./sigstore/log.ts";
import type { SignedMaterial } from "./sigstore/material.ts";
import { verifyTimestampResponse } from "./sigstore/timestamp.ts";
import type { Witnesses } from "./vouchers.ts";
import { isoTime } from "./x509/rules.ts";

export interface VouchedTimes {
  readonly times: readonly SignedTime[];
  /** The same in milliseconds since 1970. */
  readonly at: readonly number[];
  readonly logged: readonly LoggedEntry[];
}

/**
 * Every time that is given must hold. Where nobody is trusted with times, or with entries, what is given is not looked at.
 *
 * @param signatures - over one of which a timestamp must be; beside cosign's attestations it is over the envelope as kept,
 *   signatures and all (sigstore/cosign, attest)
 */
export function timesOf(
  { form, entries, timestamps, envelope }: Pick<SignedMaterial, "form" | "entries" | "timestamps" | "envelope">,
  signatures: readonly Buffer[],
  { logs, timestampers }: Witnesses,
): VouchedTimes {
  const logged = logs.length === 0 ? [] : logsOf(entries, logs);
  const stamped = timestampers.length === 0 ? [] : timestamps;
  const kept = form === "cosign-att" && envelope !== undefined ? [Buffer.from(envelope)] : [];
  const times = [
    ...logged.flatMap((entry) => timeOfEntry(entry) ?? []),
    ...stamped.map((timestamp) => {
      const { time, by } = firstOf([...signatures, ...kept], (bytes) =>
        verifyTimestampResponse(timestamp, bytes, timestampers),
      );
      return { by: "timestamp-authority" as const, at: isoTime(time), detail: by, milliseconds: time };
    }),
  ];
  return {
    times: times.map(({ milliseconds: _, ...time }) => time),
    at: times.map(({ milliseconds }) => milliseconds),
    logged,
  };
}

/** The first that does not throw; else what the last threw. */
export function firstOf<From, To>(items: readonly From[], read: (item: From) => To): To {
  let fault: unknown;
  for (const item of items) {
    try {
      return read(item);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

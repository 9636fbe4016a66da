/** Alerts of no rule: that something may have happened unseen. */
import type { Alert, Nanoseconds } from "../../../engines/events/model.ts";

/** Names as exceptions and responses use them. */
export const ownRules = { blind: "Detection Blind", lost: "Events Lost" } as const;

interface Own {
  readonly rule: string;
  readonly severity: Alert["severity"];
  readonly priority: Alert["priority"];
  readonly why: string;
  readonly fix: string;
}

const blindness: Own = {
  rule: ownRules.blind,
  severity: "high",
  priority: "CRITICAL",
  why: "What happens while no sensor tells is not detected, and ending the sensor is what an attacker with root does first.",
  fix: "Find out why the sensor ended, and look at what ran on the host meanwhile.",
};

const losses: Own = {
  rule: ownRules.lost,
  severity: "medium",
  priority: "WARNING",
  why: "Events that were dropped were not evaluated: an attack may be among them.",
  fix: "Look at which hooks tell the most (metrics), load fewer rules, or give the ring more room (--ring).",
};

/** From `since` on nothing is seen. */
export function blindAlert(host: string | undefined, since: Nanoseconds, reason: string): Alert {
  return ownAlert(blindness, host, since, `Detection blind since ${secondOf(since)}: ${reason}`, reason);
}

/** It is over. */
export function sightedAlert(host: string | undefined, since: Nanoseconds, until: Nanoseconds): Alert {
  const text = `Detection was blind from ${secondOf(since)} to ${secondOf(until)}`;
  const alert = ownAlert(blindness, host, since, text, "over");
  return { ...alert, severity: "low", priority: "NOTICE", last: until };
}

export function lostAlert(host: string | undefined, time: Nanoseconds, count: number, reason: string): Alert {
  return { ...ownAlert(losses, host, time, `Events lost: ${reason}`, reason), count };
}

function ownAlert(
  { rule, severity, priority, why, fix }: Own,
  host: string | undefined,
  time: Nanoseconds,
  output: string,
  subject: string,
): Alert {
  return {
    rule,
    detector: "bulkhead",
    priority,
    severity,
    source: "other",
    tags: [],
    output,
    fields: {},
    count: 1,
    first: time,
    last: time,
    about: host === undefined ? {} : { host },
    subject,
    why,
    fix,
  };
}

/** `2026-03-01T14:03:22Z`. */
function secondOf(time: Nanoseconds): string {
  return `${new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}

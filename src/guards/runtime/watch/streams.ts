/** What was read of sensors one after the other, as one stream: what is kept does not grow with their number. */
import type { Gap } from "../../../core/evidence.ts";
import { assetKey } from "../../../engines/events/detect/collapse.ts";
import type { AlertSubject, EventsRead } from "../../../engines/events/model.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";

/** Assets that are remembered of sensors that have ended. */
const MOST_SEEN = 10_000;
const MOST_REASONS = 100;

export type ReadStream = Omit<DetectedStream, "alerts">;

export function together(a: ReadStream, b: ReadStream): ReadStream {
  const seen = new Map<string, AlertSubject>();
  for (const about of [...a.seen, ...b.seen]) {
    const key = assetKey(about);
    if (seen.size < MOST_SEEN || seen.has(key)) seen.set(key, about);
  }
  return { read: bothRead(a.read, b.read), seen: [...seen.values()], gaps: distinctGaps([...a.gaps, ...b.gaps]) };
}

function bothRead(a: EventsRead, b: EventsRead): EventsRead {
  const first = a.first ?? b.first;
  const last = b.last ?? a.last;
  return {
    events: a.events + b.events,
    evaluated: a.evaluated + b.evaluated,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    lost: [...sums([...a.lost, ...b.lost].map(({ reason, count }) => [reason, count]))].map(([reason, count]) => ({
      reason,
      count,
    })),
    evicted: Object.fromEntries(sums([...Object.entries(a.evicted), ...Object.entries(b.evicted)])),
  };
}

function sums(counts: readonly (readonly [string, number])[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const [name, count] of counts) {
    const key = all.size < MOST_REASONS || all.has(name) ? name : "other reasons";
    all.set(key, (all.get(key) ?? 0) + count);
  }
  return all;
}

export function distinctGaps(gaps: readonly Gap[]): Gap[] {
  const distinct = new Map(gaps.map((gap) => [`${gap.code}\n${gap.reason}`, gap]));
  return [...distinct.values()].slice(0, MOST_REASONS);
}

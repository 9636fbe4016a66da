/**
 * Repeats made one: an attack that loops is one alert with a count, a first and a last time. Two alerts are the same where rule,
 * asset and subject are.
 */
import { beginning } from "../beginning.ts";
import { createByUse } from "../by-use.ts";
import type { Alert, AlertSubject, Nanoseconds } from "../model.ts";
import { weightOf } from "../weight.ts";
import { bounds } from "./bounds.ts";

export interface Collapse {
  add(alert: Alert): void;
  /** Closes what was quiet for long enough. @param now - nanoseconds since 1970 */
  tick(now: Nanoseconds): void;
  /** Closes what is open. Call it at the end. */
  finish(): void;
  /** Alerts that were counted with another because there were too many. */
  readonly merged: number;
}

export interface CollapseOptions {
  /** Seconds of silence after which the same thing is another alert. */
  readonly windowSeconds: number;
  /** The first of several, at once. */
  readonly onOpened?: (alert: Alert) => void;
  /** Each that is over, with its count, however many there were before. @param opened - as it was told first */
  readonly onQuiet?: (alert: Alert, opened: Alert) => void;
  /** The same, within the bounds of one run; those beyond at the end, counted together. */
  readonly onClosed: (alert: Alert) => void;
}

interface Open {
  alert: Alert;
  /** Of the alert. */
  readonly bytes: number;
  count: number;
  first: bigint;
  last: bigint;
}

export function createCollapse({ windowSeconds, onOpened, onQuiet, onClosed }: CollapseOptions): Collapse {
  const window = BigInt(Math.round(windowSeconds * 1000)) * 1_000_000n;
  // By when they were last added to: what was quiet the longest comes first.
  const open = createByUse<Open>();
  const beyond = new Map<string, Open>();
  let openBytes = 0;
  let closed = 0;
  let closedBytes = 0;
  let merged = 0;

  function close(key: string, one: Open): void {
    open.delete(key);
    openBytes -= one.bytes;
    onQuiet?.(collapsed(one), one.alert);
    if (closed < bounds.alerts && closedBytes + one.bytes <= bounds.alertsBytes) {
      closed++;
      closedBytes += one.bytes;
      onClosed(collapsed(one));
    } else mergeInto(one);
  }

  /** Over the bound an alert is still counted, by its rule and asset, and of those that have no room by its rule. */
  function mergeInto(one: Open): void {
    merged += one.count;
    const { rule, detector, about } = one.alert;
    const own = JSON.stringify([detector, rule, assetKey(about)]);
    const key = beyond.size < bounds.mergedAlerts || beyond.has(own) ? own : JSON.stringify([detector, rule]);
    const known = beyond.get(key);
    if (known === undefined) beyond.set(key, { ...one, alert: shortened(one.alert) });
    else extend(known, one);
  }

  return {
    add(alert) {
      const key = keyOf(alert);
      for (let quiet = open.oldest(); quiet !== undefined; quiet = open.oldest()) {
        const hasRoom = open.size < bounds.openAlerts && openBytes < bounds.openBytes;
        if (quiet.value.last + window >= alert.last && (hasRoom || open.peek(key) !== undefined)) break;
        close(quiet.key, quiet.value);
      }
      const known = open.use(key);
      if (known !== undefined) {
        extend(known, alert);
        return;
      }
      const bytes = weightOf(alert);
      openBytes += bytes;
      open.add(key, { alert, bytes, count: alert.count, first: alert.first, last: alert.last });
      onOpened?.(alert);
    },
    tick(now) {
      for (let quiet = open.oldest(); quiet !== undefined; quiet = open.oldest()) {
        if (quiet.value.last + window >= now) break;
        close(quiet.key, quiet.value);
      }
    },
    finish() {
      for (let one = open.oldest(); one !== undefined; one = open.oldest()) close(one.key, one.value);
      for (const one of beyond.values()) onClosed(collapsed(one));
      beyond.clear();
    },
    get merged() {
      return merged;
    },
  };
}

function extend(known: Open, more: Pick<Alert, "count" | "first" | "last">): void {
  known.count += more.count;
  if (more.first < known.first) known.first = more.first;
  if (more.last > known.last) known.last = more.last;
}

/** One of many: what it is about, and the beginnings of its texts. No baseline has one of the others by its subject. */
function shortened({ process: _, after: __, session: ___, fields: ____, ...alert }: Alert): Alert {
  const { output, subject } = alert;
  return {
    ...alert,
    fields: {},
    output: beginning(output, bounds.mergedLength),
    subject: `not told apart: ${beginning(subject, bounds.mergedLength)}`,
  };
}

function collapsed({ alert, count, first, last }: Open): Alert {
  return count === alert.count ? alert : { ...alert, count, first, last };
}

/** What tells the alerts of two assets apart. */
export function assetKey({ host, container, pod, object, other }: AlertSubject): string {
  return JSON.stringify([
    host ?? "",
    container?.id ?? "",
    pod?.uid ?? "",
    pod?.namespace ?? "",
    pod?.name ?? "",
    object?.resource ?? "",
    object?.namespace ?? "",
    object?.name ?? "",
    other ?? "",
  ]);
}

/** What two users did by `kubectl exec` is not the same, though it looks so. */
function keyOf({ rule, detector, about, subject, session }: Alert): string {
  const entered = session === undefined || session.isMain ? "" : `${session.pid} ${session.started ?? ""}`;
  return [detector, rule, assetKey(about), subject, entered].join("\0");
}

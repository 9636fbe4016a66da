import type { BigIntStats } from "node:fs";
import { readClock } from "../../core/clock.ts";

/**
 * How old a file must be before its times prove anything: a write within the clock's granularity of an earlier one
 * leaves the same times behind (what git calls racy).
 */
const SETTLED_NANOSECONDS = 2_000_000_000n;

/**
 * A text that changes whenever the file's bytes may have. It holds the change time (ctime), which a program without
 * power over the clock or the raw device cannot set back.
 */
export function stampOf(
  stat: BigIntStats,
  offset: number,
  now = BigInt(readClock().getTime()) * 1_000_000n,
): string | undefined {
  const isYoung = (time: bigint) => now - time < SETTLED_NANOSECONDS;
  if (isYoung(stat.mtimeNs) || isYoung(stat.ctimeNs)) return undefined;
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs, offset].join(":");
}

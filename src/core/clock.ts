/**
 * The one place where the program reads the time of day (a lint rule, scripts/lint/clock.grit, refuses any other). Whoever starts
 * something (a command, a server, a test) asks here and hands the time down; what judges never asks. Durations are measured by
 * `performance.now()`, which is no time of day.
 */

/** The machine's time of day. */
export function readClock(): Date {
  return new Date();
}

/** Of the queue, wherever it is kept. */

/** Tries of a job before it is given up. */
export const MAX_ATTEMPTS = 8;

/** After the first failure; then each time twice as late. */
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 600;

/** @param attempts - that were made, the failed one too */
export function pauseSeconds(attempts: number): number {
  return Math.min(FIRST_PAUSE_SECONDS * 2 ** Math.max(0, attempts - 1), LONGEST_PAUSE_SECONDS);
}

/** The ends of lists of any length: `Math.max(...list)` throws a RangeError where there are some hundred thousand numbers. */

/** The greatest of them, and no less than `least`; NaN where one is. */
export function greatest(numbers: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let found = least;
  for (const number of numbers) found = Math.max(found, number);
  return found;
}

/** The least of them, and no more than `most`; NaN where one is. */
export function least(numbers: Iterable<number>, most = Number.POSITIVE_INFINITY): number {
  let found = most;
  for (const number of numbers) found = Math.min(found, number);
  return found;
}

/**
 * Whether one character added, missing or replaced, or two neighbors swapped, turn one text into the other (a
 * Damerau-Levenshtein distance of 1). Equal texts are not one slip away. Linear.
 */
export function isOneSlipAway(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const [a, b] = [one.slice(start), other.slice(start)];
  if (a.length === b.length) {
    if (a.slice(1) === b.slice(1)) return true;
    return a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  }
  return a.length > b.length ? a.slice(1) === b : a === b.slice(1);
}

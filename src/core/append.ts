/**
 * Puts all of a list behind another's, in place. `push(...more)` would hand each item over as an argument, and throws a
 * RangeError where there are some hundred thousand.
 */
export function append<Item>(to: Item[], more: Iterable<Item>): void {
  for (const item of more) to.push(item);
}

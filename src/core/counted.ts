/** `1 package`, `2 packages`; `0 entries` with the plural that a mere "s" does not make. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * `web, api and 3 more`: names at most so many, in their order.
 *
 * @param text - what an item is called
 */
export function someOf(items: readonly string[], most: number): string;
export function someOf<Item>(items: readonly Item[], most: number, text: (item: Item) => string): string;
export function someOf<Item>(items: readonly Item[], most: number, text = String as (item: Item) => string): string {
  const named = items.slice(0, most).map((item) => text(item));
  return named.join(", ") + (items.length > most ? ` and ${items.length - most} more` : "");
}

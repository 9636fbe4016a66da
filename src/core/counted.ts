/** `1 package`, `2 packages`; `0 entries` with the plural that a mere "s" does not make. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

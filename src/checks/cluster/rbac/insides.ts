/** Paths of the API server itself, beside the API. */

/** Its logs, profiles of its memory, and the flags that a running server lets itself be changed by. */
const INSIDES = ["/logs", "/debug"];

/** Whether a rule's path, with a star at its end for whatever follows, reaches into one of them. */
export function showsInsides(url: string): boolean {
  if (!url.endsWith("*")) return INSIDES.some((path) => url === path || url.startsWith(`${path}/`));
  const prefix = url.slice(0, url.search(/(?<!\*)\*+$/));
  return INSIDES.some((path) => path.startsWith(prefix) || prefix.startsWith(path));
}

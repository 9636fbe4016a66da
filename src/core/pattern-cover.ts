/** Whether one pattern of a policy's list names all that another names. No is the answer where it is not plain. */
import { compileGlob } from "./glob.ts";

/** Patterns over texts of any case, as licences have. */
export function coversText(pattern: string, wanted: string): boolean {
  return covers(pattern.toLowerCase(), wanted.toLowerCase());
}

/** Patterns over names whose case counts, as principals and repositories have. */
export function coversName(pattern: string, wanted: string): boolean {
  return covers(pattern, wanted);
}

/**
 * Entries of `registries`: each names a repository or a registry, and all below it. So one that names a folder that
 * the other begins with names all of the other.
 */
export function coversRepository(entry: string, wanted: string): boolean {
  const wildcard = wanted.search(WILDCARD);
  const plain = wildcard < 0 ? wanted : wanted.slice(0, Math.max(wanted.lastIndexOf("/", wildcard), 0));
  if (plain !== "" && (compileGlob(entry)(plain) || compileGlob(`${entry}/**`)(plain))) return true;
  if (wildcard < 0) return false;
  for (let end = wanted.indexOf("/", wildcard); end >= 0; end = wanted.indexOf("/", end + 1)) {
    if (covers(entry, wanted.slice(0, end))) return true;
  }
  return covers(entry, wanted);
}

export function coversAll(
  entries: readonly string[],
  wanted: readonly string[],
  covers: (entry: string, wanted: string) => boolean,
): boolean {
  return wanted.every((one) => entries.some((entry) => covers(entry, one)));
}

const WILDCARD = /[*?]/;

function covers(pattern: string, wanted: string): boolean {
  if (pattern === wanted) return true;
  if (!WILDCARD.test(wanted)) return compileGlob(pattern)(wanted);
  const stars = pattern.endsWith("**") ? 2 : pattern.endsWith("*") ? 1 : 0;
  const prefix = pattern.slice(0, pattern.length - stars);
  if (stars === 0 || WILDCARD.test(prefix) || !wanted.startsWith(prefix)) return false;
  const rest = wanted.slice(prefix.length);
  return stars === 2 || !(rest.includes("/") || rest.includes("**"));
}

/** What Node compiled is kept in one folder for all programs that tests start: a home of its own would begin without any. */
import { join } from "node:path";

const folder = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, "..", ".cache", "compiled");

/** To be part of the environment of a program in TypeScript: without it, a start takes a second of processor time more. */
export const compiled = {
  NODE_COMPILE_CACHE: folder,
} as const;

/** Of one command: in a common folder each throws out what others need (bin/bulkhead.js). @param words - of the command line */
export function compiledFor(words: readonly string[]): typeof compiled {
  const command = words.slice(0, 2).filter((word) => /^[a-z]{2,12}$/.test(word));
  return { NODE_COMPILE_CACHE: join(folder, ...command) };
}

/** What programs in TypeScript that tests start have of the environment, whatever else they are given. */
import { join } from "node:path";

/** The program of the clone. */
export const cloned = join(import.meta.dirname, "..", "bin", "bulkhead.js");

const folder = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, "..", ".cache", "compiled");

/** What Node compiled is kept in one folder for all: without it, a start takes a second of processor time more. */
export const compiled: Readonly<Record<string, string>> = { NODE_COMPILE_CACHE: folder };

const movesTheClock = (name: string) => name === "LD_PRELOAD" || name.startsWith("FAKETIME");
const own = Object.entries(process.env) as [string, string][];

/** What moves the clock of a test's programs with its own (`make test-later`); none where it is the kernel's. */
export const clock: Readonly<Record<string, string>> = Object.fromEntries(own.filter(([name]) => movesTheClock(name)));

export const inherited: Readonly<Record<string, string>> = { ...compiled, ...clock };

/** The whole environment with the kernel's clock: for what talks to programs that keep it, and what takes no preloaded library. */
export const unmoved: Readonly<Record<string, string>> = Object.fromEntries(
  own.filter(([name]) => !movesTheClock(name)),
);

/** The folder of one command's code: in a common one each throws out what others need (bin/bulkhead.js). @param words - of the command line */
export function compiledFor(words: readonly string[]): { readonly NODE_COMPILE_CACHE: string } {
  const command = words.slice(0, 2).filter((word) => /^[a-z]{2,12}$/.test(word));
  return { NODE_COMPILE_CACHE: join(folder, ...command) };
}

export interface Surroundings {
  /** Its HOME: database, cache and credentials are looked for there. */
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The PATH, the home, and what is asked for. */
export function environmentOf({ home, environment }: Surroundings): Record<string, string> {
  const { PATH = "", TMPDIR = "/tmp" } = process.env;
  return { PATH, HOME: home, TMPDIR, ...inherited, ...environment };
}

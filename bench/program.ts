/** The program under measurement, started as an installed one is, with folders of its own. */
import { join, resolve } from "node:path";
import type { Command } from "./whole-process.ts";

const PROGRAM = resolve(import.meta.dirname, "../bin/bulkhead.js");

/** Verdicts are no failures: a scan that finds something ends with 1, an incomplete one with 3. */
const VERDICTS = [0, 1, 3];

/** The same of the published build, which `npm run build` makes. */
export function published(build: string, cache: string, ...words: readonly string[]): Command {
  const command = bulkhead(cache, ...words);
  return { ...command, arguments: [join(build, "bin/bulkhead.js"), ...words] };
}

/** @param cache - where the program's own caches and data go, so that the user's are neither used nor changed */
export function bulkhead(cache: string, ...words: readonly string[]): Command {
  return {
    arguments: [PROGRAM, ...words],
    environment: { XDG_CACHE_HOME: join(cache, "xdg"), XDG_DATA_HOME: join(cache, "xdg-data") },
    exitCodes: VERDICTS,
  };
}

import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The advisory database, where none is named: XDG base directory specification, data. */
export function defaultDatabase(environment: Environment = process.env): string {
  return join(base(environment.XDG_DATA_HOME, ".local/share"), "bulkhead", "advisories.db");
}

/** The scan cache, where none is named: XDG base directory specification, cache. */
export function defaultCache(environment: Environment = process.env): string {
  return join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "scans.db");
}

/** Relative values are to be ignored, the specification says. */
function base(value: string | undefined, fallback: string): string {
  return value?.startsWith("/") ? value : join(homedir(), fallback);
}

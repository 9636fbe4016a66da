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

/** The list of base images that were learnt, where none is named. */
export function defaultBases(environment: Environment = process.env): string {
  return join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "bases.json");
}

/** The folder of what `bulkhead trust update` keeps of Sigstore's repositories, where none is named. */
export function defaultRoots(environment: Environment = process.env): string {
  return join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "roots");
}

/** The folder of what was fetched of suites: beside the scan cache, or beside the one that is named. */
export function suitesFolder(scanCache: string | undefined, environment: Environment = process.env): string {
  return scanCache === undefined
    ? join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "suites")
    : `${scanCache}.suites`;
}

/** What package registries answered: beside the scan cache, or beside the one that is named. */
export function packagesCache(scanCache: string | undefined, environment: Environment = process.env): string {
  return scanCache === undefined
    ? join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "packages.db")
    : `${scanCache}.packages`;
}

/** What Node and V8 compiled: where bin/bulkhead.js keeps it. */
export function compiledFolder(environment: Environment = process.env): string {
  return join(base(environment.XDG_CACHE_HOME, ".cache"), "bulkhead", "compiled");
}

/** Relative values are to be ignored, the specification says. */
function base(value: string | undefined, fallback: string): string {
  return value?.startsWith("/") ? value : join(homedir(), fallback);
}

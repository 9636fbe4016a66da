/** Values of the options of `admission serve`. */
import { usageProblem } from "../../core/problem.ts";

const NAME = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** @throws Problem (usage) where it is not `NAMESPACE/NAME` */
export function namedPlace(written: string, option: string): { readonly namespace: string; readonly name: string } {
  const [, namespace, name] = NAME.exec(written) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw usageProblem(`${option} ${written}`, "not NAMESPACE/NAME", "bulkhead/admission");
}

/** @throws Problem (usage) */
export function portOf(written: string, option: string): number {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (port <= 65_535) return port;
  throw usageProblem(`${option} ${written}`, "not a port", "0 to 65535");
}

/** @throws Problem (usage) */
export function secondsOf(written: string, option: string): number {
  const seconds = /^\d{1,3}(?:\.\d{1,3})?$/.test(written) ? Number(written) : Number.NaN;
  if (seconds <= 300) return seconds;
  throw usageProblem(`${option} ${written}`, "not a number of seconds", "0 to 300");
}

/** `docker.io=localhost:5000`. @throws Problem (usage) */
export function mirrorsOf(written: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    written.map((each) => {
      const [, registry, mirror] = /^([^=\s]+)=([^=\s]+)$/.exec(each) ?? [];
      if (registry !== undefined && mirror !== undefined) return [registry, mirror];
      throw usageProblem(`--registry-mirror ${each}`, "not DOMAIN=HOST", "docker.io=localhost:5000");
    }),
  );
}

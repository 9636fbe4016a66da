import { lookupIn } from "../lookup.ts";
import { languages } from "./languages.ts";

/**
 * Whether a file that a distribution's package brought may declare packages of its own: a `METADATA`, a jar, an
 * executable. Package databases list every file; only these are kept, so that their owner can be told later.
 *
 * @param path - relative to the root
 * @param executable - whether it has an execute bit
 */
export function canDeclare(path: string, executable: boolean): boolean {
  return installed(path, executable) !== undefined;
}

const installed = lookupIn(languages.filter(({ evidence }) => evidence === "installed"));

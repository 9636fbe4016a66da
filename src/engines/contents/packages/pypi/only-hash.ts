import type { PackageRecord } from "../../model.ts";
import { hexHash } from "../hashes.ts";

/**
 * The hash of a package that is distributed as one file. Where there are several (one for each platform), none of them
 * stands for the package.
 *
 * @param stated - of each file, `sha256:HEX`
 */
export function onlyHash(stated: readonly (string | undefined)[]): PackageRecord["hashes"] {
  const [first, ...more] = stated;
  return more.length > 0 || !first?.startsWith("sha256:") ? undefined : hexHash("sha256", first.slice(7)).hashes;
}

/** Which changes are made: safe ones unasked, likely ones where that is asked for, no others. */
import type { Fix } from "../core/finding.ts";

/** @param unsafe - likely ones are made too */
export function isMade(fix: Fix | undefined, unsafe: boolean): boolean {
  if (fix?.kind !== "edit" && fix?.kind !== "patch") return false;
  return fix.grade === "safe" || (unsafe && fix.grade === "likely");
}

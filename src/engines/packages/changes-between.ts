import type { DependencyChanges, LockfileSide } from "./model.ts";

/** What comes, goes and differs from one side to the other. Pure, and linear in what both state but for sorting. */
export function changesBetween(_before: LockfileSide, _after: LockfileSide): DependencyChanges {
  return { changes: [], lockfiles: [], mismatches: [], gaps: [] };
}

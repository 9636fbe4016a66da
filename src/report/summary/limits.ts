import type { Report } from "../../core/report.ts";

/** How much of each part the first two screens have room for. */
export const limits = {
  /** Fixes, and lines that they take, below the ten controls. */
  fixes: 8,
  fixLines: 16,
  /** Of the whole summary with controls, on a page of 100 columns: fixes make way for what stands below them, down to two. */
  lines: 60,
  /** The same where there are no controls above them. */
  fixesAlone: 16,
  fixLinesAlone: 40,
  /** Where nothing is at or above the threshold. */
  fixesBelow: 4,
  assets: 9,
  /** The same below the row of the lifecycle, which takes two lines of a page of 100 columns. */
  assetsBelowLifecycle: 7,
  unknowns: 4,
  /** Of a line each below the ten controls; elsewhere whole, for they say what a command has fixed. */
  notes: 4,
  notesAlone: 24,
} as const;

export function mostAssets({ lifecycle = [] }: Pick<Report, "lifecycle">): number {
  return lifecycle.length === 0 ? limits.assets : limits.assetsBelowLifecycle;
}

export function mostFixes({ controls }: Pick<Report, "controls">, isOver: boolean): number {
  if (!isOver) return limits.fixesBelow;
  return controls === undefined ? limits.fixesAlone : limits.fixes;
}

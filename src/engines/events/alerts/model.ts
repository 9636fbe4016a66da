/** What another detector's document comes to. */
import type { Untyped } from "../../../core/untyped.ts";
import type { Alert } from "../model.ts";

export type Reading =
  | { readonly alert: Alert }
  /** An event that no rule of the detector found anything in: it is counted. */
  | { readonly passed: string }
  /** What the detector says that it did not see: finding nothing is unknown. */
  | { readonly lost: string; readonly count: number };

/** A detector by the documents that it writes. */
export interface Detector {
  /** As alerts name it: `falco`. */
  readonly name: string;
  /** Told by fields that no other detector's documents have. */
  isOwn(document: Untyped): boolean;
  /** What one of its documents holds; nothing where it is not as its detector writes it. Never throws. */
  read(document: Untyped): readonly Reading[];
}

/** Of a list one that cannot be read is lost, and the others are not. */
export function orUnread(readings: readonly Reading[], detector: string): readonly Reading[] {
  return readings.length > 0 ? readings : [{ lost: `not as ${detector} writes its alerts`, count: 1 }];
}

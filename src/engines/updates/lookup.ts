/** What every look-up of pending updates is asked and answers. */

import type { Gap } from "../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { Inventory, Package } from "../contents/model.ts";
import { bounds } from "./bounds.ts";
import type { SuiteSource } from "./fetch.ts";
import type { KeyFiles } from "./keys.ts";
import type { PendingUpdates } from "./model.ts";

export interface LookupRequest {
  readonly inventory: Inventory;
  /** Files that say where packages come from, path and text: apt's, apk's, dnf's or zypper's. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly keys: KeyFiles;
  readonly from: SuiteSource;
}

/** What was found, and why it is not the whole truth; empty where it is. */
export interface LookupAnswer {
  readonly updates: PendingUpdates;
  readonly gaps: readonly Gap[];
}

/** Packages of a kind that are there: what a higher layer removed needs no update. */
export function installedOf({ packages }: Inventory, type: "deb" | "apk" | "rpm"): Package[] {
  return packages.filter((each) => each.type === type && each.removedIn === undefined);
}

/** A Problem that makes the answer incomplete becomes a gap; every other error goes on. */
export function gapFrom(error: unknown): Gap {
  if (!isEvidenceProblem(error)) throw error;
  const problem: Problem = error;
  return {
    code: problem.code,
    reason: `pending updates: ${problem.place}: ${problem.message}`,
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}

/** For calling before each request: servers that an image names may take as long as they please. */
export function createDeadline(): (place: string) => void {
  const end = performance.now() + bounds.suitesMilliseconds;
  return (place) => {
    if (performance.now() <= end) return;
    const cause = `not asked: those before it took ${bounds.suitesMilliseconds / 60_000} minutes`;
    throw new Problem({ kind: "unavailable", code: "updates.time", place, cause });
  };
}

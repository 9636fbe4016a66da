/** A lockfile of a tree: read, matched, judged. */

import { scopesOf } from "../collect/image/scopes.ts";
import { readLockfile } from "../collect/tree/lockfiles.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { evaluateLockfile } from "../evaluate/build/lockfiles.ts";
import type { ScanContext } from "./context.ts";

/**
 * All evaluations of one lockfile; none where it pins nothing.
 *
 * @param file - where to read it
 * @param path - relative to the folder that is judged
 */
export function scanLockfile(file: string, path: string, context: ScanContext): Evaluation[] {
  const { advisories, now, policy } = context;
  const pinned = readLockfile(file, path, now);
  if (pinned === undefined) return [];
  const scopes = scopesOf(pinned.inventory, { advisories, now, maxAgeDays: policy.advisories.maxAgeDays });
  return evaluateLockfile(path, { ...pinned, scopes }, context);
}

/** Who is served past the policy all the same: what runs already, and what somebody answers for until a stated time. */

import { identities } from "../../../checks/lists/identities.ts";
import type { Category } from "../../../core/category.ts";
import type { Digest } from "../../../core/digest.ts";
import { compileGlob } from "../../../core/glob.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { BREAK_GLASS_DAYS, type BreakGlassRule } from "../../../engines/oci/distribution/pull-model.ts";
import type { ImageStore } from "../../../store/model.ts";
import type { Outcome, RegistryPolicy } from "../model.ts";
import { bounds } from "./bounds.ts";

const DAY = 24 * 60 * 60 * 1_000;

const categoryOf: ReadonlyMap<string, Category> = new Map(identities.map(({ id, category }) => [id, category]));

/** What no grace covers: who made the image, what it gives away, and what is not served at all. */
const NEVER: ReadonlySet<Category> = new Set(["trust", "secret", "detection"]);

/** That an image is not scanned is of category trust, and says nothing against who made it. */
const STILL: ReadonlySet<string> = new Set(["registry/image-not-scanned"]);

export function isGraceable(outcomes: readonly Outcome[]): boolean {
  return outcomes
    .filter(({ action }) => action === "deny")
    .every(({ check }) => {
      if (check === "registry/repository-not-served") return false;
      return STILL.has(check) || !NEVER.has(categoryOf.get(check) ?? "configuration");
    });
}

export interface Running {
  /** False too where nobody can say. */
  isRunning(digests: readonly Digest[], policy: RegistryPolicy, now: Date): Promise<boolean>;
}

export function createRunning(store: Pick<ImageStore, "runs">, clock: () => number): Running {
  const known = createRecent<string, { readonly runs: boolean; readonly at: number }>(bounds.references);
  return {
    async isRunning(digests, policy, now) {
      const { graceDays } = policy.policy.registry.pull;
      if (graceDays === 0) return false;
      for (const digest of digests) {
        const key = `${graceDays} ${digest}`;
        let found = known.get(key);
        if (found === undefined || clock() - found.at > bounds.runsMilliseconds) {
          try {
            const runs = await store.runs(digest, new Date(now.getTime() - graceDays * DAY));
            found = { runs, at: clock() };
            known.set(key, found, 1);
          } catch (error) {
            if (!isEvidenceProblem(error)) throw error;
            continue;
          }
        }
        if (found.runs) return true;
      }
      return false;
    },
  };
}

/** @param digests - of what is asked for, and of the indexes that it is in */
export function breakGlassOf(
  rules: readonly BreakGlassRule[],
  {
    repository,
    digests,
    principal,
    now,
  }: {
    readonly repository: string;
    readonly digests: readonly Digest[];
    readonly principal: string;
    readonly now: Date;
  },
): BreakGlassRule | undefined {
  return rules.find(({ images, principals, until }) => {
    const left = Date.parse(until) - now.getTime();
    // Negated, so that what is no date does not hold.
    if (!(left > 0 && left <= BREAK_GLASS_DAYS * DAY)) return false;
    if (principals.length > 0 && !principals.some((pattern) => compileGlob(pattern)(principal))) return false;
    return images.some((image) => {
      const [pattern = "", digest] = image.split("@");
      if (!compileGlob(pattern)(repository)) return false;
      return digest === undefined || digests.some((one) => one === digest);
    });
  });
}

/** What judging a manifest comes to: what does not pass, and for how long that counts. */

import { identities } from "../../../checks/lists/identities.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Digest } from "../../../core/digest.ts";
import { actions } from "../../../core/enforcement.ts";
import { type Evaluation, unjudged } from "../../../core/evaluation.ts";
import { type Gap, gapOf } from "../../../core/evidence.ts";
import { least } from "../../../core/extremes.ts";
import { Problem } from "../../../core/problem.ts";
import type { RegistryPolicy } from "../model.ts";

export interface Judgement {
  /** Those that do not pass. */
  readonly evaluations: readonly Evaluation[];
  /** Milliseconds since 1970, until which they are reached by the same; infinite where no date is in them. */
  readonly until: number;
  /** False: something did not answer, and may a moment later. */
  readonly isWhole: boolean;
  /** Manifests whose scans it rests on. */
  readonly rests: readonly Digest[];
  /** The engine does not have it any more. */
  readonly isGone?: true;
}

export const PASSED: Judgement = { evaluations: [], until: Number.POSITIVE_INFINITY, isWhole: true, rests: [] };

/** Together they do not pass where one does not. */
export function allOf(judgements: readonly Judgement[]): Judgement {
  return {
    evaluations: judgements.flatMap(({ evaluations }) => evaluations),
    until: least(judgements.map(({ until }) => until)),
    isWhole: judgements.every(({ isWhole }) => isWhole),
    rests: judgements.flatMap(({ rests }) => rests),
  };
}

/** Checks that would have been asked about an image. */
const OF_IMAGES: readonly string[] = identities
  .filter(({ layer }) => layer === "registry" || layer === "image")
  .map(({ id }) => id);

const hardest = new WeakMap<RegistryPolicy, string>();

/**
 * Where nothing was judged, any check might have failed: the one that the policy takes hardest stands for all of them. What
 * nobody has looked at would otherwise pass under a policy that denies some checks and records the rest.
 */
export function unknownOf(
  name: string,
  why: Problem | Gap,
  { policy, now }: { readonly policy: RegistryPolicy; readonly now: Date },
): Judgement {
  const gap = why instanceof Problem ? gapOf(why) : why;
  const of = (check: string) => unjudged(check, unopenedImage(name), now, gap);
  const rank = (check: string) => actions.indexOf(policy.pullAction(of(check)));
  const known = hardest.get(policy);
  const own = "registry/image-not-scanned";
  const check = known ?? OF_IMAGES.reduce((worst, id) => (rank(id) > rank(worst) ? id : worst), own);
  hardest.set(policy, check);
  return { evaluations: [of(check)], until: Number.POSITIVE_INFINITY, isWhole: false, rests: [] };
}

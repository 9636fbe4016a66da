/** An image of another registry, judged by how long it is known. */
import { pulledImageChecks } from "../../checks/lists/pulled-image.ts";
import type { PulledImageFacts } from "../../checks/subjects/pull.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, gapOf, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runChecks } from "../../core/runner.ts";
import type { UpstreamRule } from "../../engines/oci/distribution/upstream-model.ts";

/** From when an image is known, and by what: its own date, or the first time that it was asked for. */
export interface KnownSince {
  readonly since: Date;
  readonly from: UpstreamRule["cooldownFrom"];
}

/** @param known - a Problem where nobody can say */
export function evaluateUpstream(
  asset: Asset,
  { cooldownDays, statedAt }: UpstreamRule,
  known: KnownSince | Problem,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  if (cooldownDays === 0) return [];
  const stated = statedAt === undefined ? {} : { statedAt };
  const upstream =
    known instanceof Problem
      ? absent<PulledImageFacts["upstream"]>(gapOf(known))
      : present({ since: known.since.toISOString(), from: known.from, cooldownDays, ...stated }, now.toISOString());
  return runChecks<PulledImageFacts>(pulledImageChecks, { upstream }, { asset, policy, now });
}

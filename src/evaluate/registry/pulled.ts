/** An image that somebody wants to pull, judged by what a pull alone is asked: where it is, how old, and whether it is scanned. */
import { pulledImageChecks } from "../../checks/lists/pulled-image.ts";
import type { PulledImageFacts } from "../../checks/subjects/pull.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks, type SubjectEvidence } from "../../core/runner.ts";

export interface PulledImage {
  readonly repository: string;
  /** Any scan has seen it. */
  readonly isScanned: boolean;
  /** When it says that it was made; absent where it does not, or nobody has read it. */
  readonly createdAt?: Date;
}

interface PullContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** Dates before are none: the first containers are of 2013, and reproducible builds write 1970 or 1980. */
const FIRST_YEAR = 2013;

/** Clocks differ. */
const AHEAD = 24 * 60 * 60 * 1000;

const UNDATED: Gap = {
  code: "registry.undated",
  reason: "the image does not say when it was made",
  remedy: "build it with its date (SOURCE_DATE_EPOCH)",
};

export function evaluatePulled(asset: Asset, pulled: PulledImage, { policy, now }: PullContext): Evaluation[] {
  const at = now.toISOString();
  const { pull, quarantine } = policy.registry;
  const { repositories, maxAgeDays } = pull;
  const { repository, isScanned } = pulled;
  const evidence: SubjectEvidence<PulledImageFacts> = {
    ...(repositories.length === 0 ? {} : { place: present({ repository }, at) }),
    ...(quarantine.length === 0 ? {} : { scan: present({ repository, isScanned }, at) }),
    ...(maxAgeDays === undefined ? {} : { creation: creationOf(pulled, now) }),
  };
  return runChecks<PulledImageFacts>(pulledImageChecks, evidence, { asset, policy, now });
}

function creationOf({ createdAt }: PulledImage, now: Date): Evidence<PulledImageFacts["creation"]> {
  if (createdAt === undefined || !(createdAt.getUTCFullYear() >= FIRST_YEAR)) return absent(UNDATED);
  // Its maker's word: by a date that is still to come it would never be too old.
  if (createdAt.getTime() > now.getTime() + AHEAD) {
    const day = createdAt.toISOString().slice(0, 10);
    return absent({ ...UNDATED, reason: `the image says that it was made on ${day}, which is still to come` });
  }
  return present({ createdAt: createdAt.toISOString() }, now.toISOString());
}

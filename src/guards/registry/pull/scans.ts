/** What scans found of an image, as the store has it, judged by the policy and the date of the pull. */

import { identities } from "../../../checks/lists/identities.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Category } from "../../../core/category.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { least } from "../../../core/extremes.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { rejudge } from "../../../core/rejudge.ts";
import { evaluatePulled } from "../../../evaluate/registry/pulled.ts";
import type { ImageKey, ImageStore, ScannedImage } from "../../../store/model.ts";
import type { RegistryPolicy } from "../model.ts";
import { type Judgement, unknownOf } from "./judgement.ts";

export interface ScanAsking {
  /** `registry.example.com/shop/api@sha256:…` */
  readonly name: string;
  readonly policy: RegistryPolicy;
  readonly now: Date;
}

const categoryOf: ReadonlyMap<string, Category> = new Map(identities.map(({ id, category }) => [id, category]));

const DAY = 24 * 60 * 60 * 1_000;

/** Of many at once; what is not among them was never scanned. @returns a Problem where the store does not answer */
export async function readScans(
  store: Pick<ImageStore, "getMany">,
  keys: readonly ImageKey[],
): Promise<ReadonlyMap<Digest, ScannedImage> | Problem> {
  try {
    return new Map((await store.getMany(keys)).map((image) => [image.digest, image]));
  } catch (error) {
    if (isEvidenceProblem(error)) return error;
    throw error;
  }
}

/** @param scanned - undefined: never; a Problem: nobody knows */
export function judgeScan(
  repository: string,
  scanned: ScannedImage | undefined | Problem,
  { name, policy, now }: ScanAsking,
): Judgement {
  if (scanned instanceof Problem) return unknownOf(name, scanned, { policy, now });
  const asset = unopenedImage(name, { lineage: name.slice(0, name.lastIndexOf("@")) });
  const context = { policy: policy.policy, now };
  if (scanned === undefined) {
    const place = evaluatePulled(asset, { repository, isScanned: false }, withoutAge(context)).filter(
      ({ verdict }) => verdict !== "pass",
    );
    const unknown = unknownOf(name, NOT_SCANNED, { policy, now });
    // It is asked for again at once: the scan may be under way.
    return { ...unknown, evaluations: [...unknown.evaluations, ...place] };
  }
  // Nothing that was judged is nothing that passed.
  if (scanned.evaluations.length === 0) return unknownOf(name, NOT_JUDGED, { policy, now });
  const { scannedWithinDays, maxAgeDays } = policy.policy.registry.pull;
  const ends = scanned.scannedAt.getTime() + scannedWithinDays * DAY;
  const { createdAt } = scanned;
  const pulled = { repository, isScanned: true, ...(createdAt === undefined ? {} : { createdAt }) };
  const judged = scanned.evaluations.map((one) => rejudge(one, categoryOf.get(one.check) ?? "configuration", context));
  const overdue =
    ends < now.getTime() ? unknownOf(name, overdueGap(scanned, scannedWithinDays), { policy, now }) : undefined;
  const evaluations = [
    ...judged,
    ...evaluatePulled(asset, pulled, context),
    ...(overdue === undefined ? [] : overdue.evaluations),
  ].filter(({ verdict }) => verdict !== "pass");
  const dates = [
    ends,
    ...(createdAt === undefined || maxAgeDays === undefined ? [] : [createdAt.getTime() + maxAgeDays * DAY]),
    ...judged.flatMap(datesOf),
  ].filter((date) => date > now.getTime());
  return { evaluations, until: least(dates, Number.POSITIVE_INFINITY), isWhole: true, rests: [] };
}

/** When what it rests on is over: its evidence, or an exception, which holds to the end of its last day. */
function datesOf({ validUntil, excepted }: Evaluation): number[] {
  const expiries = excepted.flatMap(({ exception }) => exception.expires ?? []);
  return [
    ...(validUntil === undefined ? [] : [Date.parse(validUntil)]),
    ...expiries.map((day) => Date.parse(`${day}T00:00:00Z`) + DAY),
  ].filter((date) => !Number.isNaN(date));
}

const NOT_SCANNED = {
  code: "registry.not-scanned",
  reason: "the image is not scanned yet",
  remedy: "try again in a moment: its scan has been asked for; bulkhead registry status shows the queue",
} as const;

const NOT_JUDGED = {
  code: "registry.not-judged",
  reason: "the scan of the image judged nothing",
  remedy: "push it again, or see why: bulkhead registry status",
} as const;

function overdueGap({ scannedAt }: ScannedImage, days: number) {
  return {
    code: "registry.scan-overdue",
    reason: `the image was last scanned on ${scannedAt.toISOString().slice(0, 10)}; the policy asks for a scan within ${days} ${days === 1 ? "day" : "days"}`,
    remedy: "see that a worker runs and its advisories are current: bulkhead registry status",
  };
}

/** Of what nobody has read the age is not known either, and that is said once. */
function withoutAge({ policy, now }: { readonly policy: RegistryPolicy["policy"]; readonly now: Date }) {
  const { maxAgeDays: _, ...pull } = policy.registry.pull;
  return { policy: { ...policy, registry: { ...policy.registry, pull } }, now };
}

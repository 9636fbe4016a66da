/** Verdicts over what was read of a manifest, and how they are stored: with what they were reached by, and as of when. */
import { append } from "../../../core/append.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import type { Problem } from "../../../core/problem.ts";
import type { Relation } from "../../../core/relation.ts";
import { scanUnopened } from "../../../scan/image.ts";
import { evaluateReading } from "../../../scan/image-reading.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import type { KeptDocument } from "./document.ts";
import type { Judging } from "./judging.ts";

export interface JudgedManifest extends Pick<Judging, "database" | "policy"> {
  readonly evaluations: readonly Evaluation[];
  readonly relations: readonly Relation[];
  /** When it was begun: of two verdicts over one image, the one that was begun later stays. */
  readonly at: Date;
}

/** Whose image it is, by the name that clients know: `registry.example.com`. */
export interface Named extends ImageKey {
  readonly host: string;
}

export function nameOf({ host, repository, digest }: Named): string {
  return `${host}/${repository}@${digest}`;
}

export function namesOf(named: Named) {
  const name = nameOf(named);
  return { name, lineage: `${named.host}/${named.repository}`, reference: name };
}

/** An image by what was read of it, now or long ago, whatever it was called then. */
export function judgeReading(
  named: Named,
  reading: Extract<KeptDocument, { kind: "image" }>["reading"],
  { context, database, policy }: Judging,
  at: Date,
): JudgedManifest {
  const relations: Relation[] = [];
  const { evaluations } = evaluateReading(
    { ...reading, names: namesOf(named) },
    { ...context, now: at, onRelations: (found) => append(relations, found) },
  );
  return { evaluations, relations, database, policy, at };
}

/** Every evaluation that there would be, unknown with the reason. */
export function judgeUnreadable(
  named: Named,
  problem: Problem,
  { context, database, policy }: Judging,
  at: Date,
): JudgedManifest {
  const { name, lineage } = namesOf(named);
  const asset = unopenedImage(name, { lineage });
  return { evaluations: scanUnopened(asset, problem, { ...context, now: at }), relations: [], database, policy, at };
}

/**
 * Of an index: all that is found of its images, by the oldest of what they were judged by.
 *
 * @param at - before they were read: what is found of one of them later is newer than this
 */
export function unionOf(images: readonly Omit<JudgedManifest, "at">[], at: Date): JudgedManifest {
  const policies = new Set(images.map(({ policy }) => policy));
  const [policy = ""] = policies;
  return {
    evaluations: images.flatMap(({ evaluations }) => evaluations),
    relations: images.flatMap(({ relations }) => relations),
    database: images.map(({ database }) => database).sort()[0] ?? "",
    policy: policies.size === 1 ? policy : "",
    at,
  };
}

export async function saveVerdict(
  images: Store["images"],
  { repository, digest }: ImageKey,
  { evaluations, relations, database, policy, at }: JudgedManifest,
  document: KeptDocument | undefined,
): Promise<void> {
  const created = document?.kind === "image" ? dateOf(document.reading.image.config.created) : undefined;
  await images.save({
    ...{ repository, digest, scannedAt: at, evaluations, relations },
    databaseDigest: database,
    policyDigest: policy,
    ...(created === undefined ? {} : { createdAt: created }),
  });
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

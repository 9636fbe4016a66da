/**
 * Compares what is stored with what the engine holds: what was pushed past the guard, or while nobody listened, is found and
 * scanned; what is gone is forgotten.
 */
import { append } from "../../../core/append.ts";
import { compareText } from "../../../core/order.ts";
import { Problem } from "../../../core/problem.ts";
import type { ImageKey, ListedImage, Store } from "../../../store/model.ts";
import { priorities, scanJob } from "../jobs.ts";
import type { AuditEntry, Engine, StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";
import { inTurn } from "./sweep.ts";

export interface ReconcileOptions {
  readonly store: Pick<Store, "images" | "jobs">;
  readonly engine: Pick<Engine, "manifest" | "tags" | "repositories">;
  readonly now: () => Date;
  /** Whether the guard itself wrote it, or let it through and had no time to say so. */
  isExpected(pushed: ImageKey & { readonly tag: string }): Promise<boolean>;
  /** What the guard did not see, as a line of the audit log. */
  onFound(entry: AuditEntry): void;
}

export interface Reconciled {
  /** Images that the guard did not see. */
  readonly found: number;
  /** Tags that had moved, past the guard. */
  readonly moved: number;
  /** Of the guard's own, what it had not recorded. */
  readonly late: number;
  /** Images that were known and had no verdict. */
  readonly unscanned: number;
  /** Images and tags that the engine has no more. */
  readonly gone: number;
}

type Counts = { -readonly [Name in keyof Reconciled]: Reconciled[Name] };

/**
 * @param only - one repository; absent: the whole catalogue
 * @throws Problem where the engine or the store fails: nothing is taken for gone then, and it comes again
 */
export async function reconcile(
  only: string | undefined,
  options: ReconcileOptions,
  signal: AbortSignal,
): Promise<Reconciled> {
  const { engine } = options;
  const counts: Counts = { found: 0, moved: 0, late: 0, unscanned: 0, gone: 0 };
  const stored = await storedImages(only, options, signal);
  const there = only === undefined ? answered(await engine.repositories()) : [only];
  const repositories = new Set([...there, ...stored.keys()]);
  for (const repository of [...repositories].sort(compareText)) {
    signal.throwIfAborted();
    await reconcileRepository(repository, stored.get(repository) ?? [], options, counts, signal);
  }
  return counts;
}

async function storedImages(
  only: string | undefined,
  { store }: ReconcileOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly ListedImage[]>> {
  const all: ListedImage[] = [];
  for (let after: ImageKey | undefined; ; ) {
    signal.throwIfAborted();
    const page = await store.images.list({ ...(after === undefined ? {} : { after }), limit: bounds.page });
    append(
      all,
      page.filter(({ repository }) => only === undefined || repository === only),
    );
    const last = page.at(-1);
    if (last === undefined || page.length < bounds.page) break;
    after = last;
  }
  return Map.groupBy(all, ({ repository }) => repository);
}

/** What was asked for before it was looked at: a push that comes in between is no loss. */
async function reconcileRepository(
  repository: string,
  stored: readonly ListedImage[],
  options: ReconcileOptions,
  counts: Counts,
  signal: AbortSignal,
): Promise<void> {
  const { store, engine, now } = options;
  const at = now();
  const known = new Map(stored.map((image) => [image.digest, image]));
  const tags = await tagsOf(repository, engine);
  const met = new Set<string>();
  await inTurn(tags, bounds.reconciled, async (tag) => {
    signal.throwIfAborted();
    const found = answered(await engine.manifest(repository, { tag }, signal));
    if (found === undefined) return;
    met.add(found.digest);
    await compare({ repository, tag, found, image: known.get(found.digest) }, at, options, counts);
  });
  const left = new Set(tags);
  await inTurn(stored, bounds.reconciled, async (image) => {
    signal.throwIfAborted();
    for (const tag of image.tags) {
      if (left.has(tag)) continue;
      await store.images.gone({ repository, digest: image.digest, tag, asOf: at });
      counts.gone += 1;
    }
    // By its digest alone it is still to be had: images of an index have no tags.
    if (met.has(image.digest)) return;
    if (answered(await engine.manifest(repository, { digest: image.digest }, signal)) === undefined) {
      await store.images.gone({ repository, digest: image.digest, asOf: at });
      counts.gone += 1;
      return;
    }
    await scanWhereNeeded(image, options, counts);
  });
}

interface Met {
  readonly repository: string;
  readonly tag: string;
  readonly found: StoredManifest;
  readonly image: ListedImage | undefined;
}

async function compare(
  { repository, tag, found, image }: Met,
  at: Date,
  options: ReconcileOptions,
  counts: Counts,
): Promise<void> {
  const { store, onFound } = options;
  const key = { repository, digest: found.digest };
  if (image?.tags.includes(tag) === true) return await scanWhereNeeded(image, options, counts);
  const isExpected = await options.isExpected({ ...key, tag });
  await store.images.saw({ ...key, tag, mediaType: found.mediaType, at });
  if (image === undefined) await store.jobs.add([scanJob(key, priorities.ordinary)]);
  else await scanWhereNeeded(image, options, counts);
  if (isExpected) {
    counts.late += 1;
    return;
  }
  if (image === undefined) counts.found += 1;
  else counts.moved += 1;
  onFound({
    time: at,
    principal: "unknown",
    operation: "reconcile",
    repository,
    reference: tag,
    decision: {
      action: "allow",
      basis: "found",
      reason:
        image === undefined
          ? "in the engine and not known: pushed past the guard, or while its events were lost"
          : "the tag moved, and nobody told: pushed past the guard, or while its events were lost",
      digest: found.digest,
      checks: [],
    },
  });
}

/** Its job was lost, or given up with a reason in place of a verdict: whatever kept it from being scanned may be over. */
async function scanWhereNeeded(image: ListedImage, { store }: ReconcileOptions, counts: Counts): Promise<void> {
  if (image.scannedAt !== undefined && image.databaseDigest !== "") return;
  counts.unscanned += 1;
  await store.jobs.add([scanJob(image, priorities.ordinary)]);
}

/** A repository that is gone has no tags; that is no failure. */
async function tagsOf(repository: string, engine: ReconcileOptions["engine"]): Promise<readonly string[]> {
  const tags = await engine.tags(repository);
  if (tags instanceof Problem && tags.code === "registry.not-found") return [];
  return answered(tags);
}

function answered<T>(answer: T | Problem): T {
  if (answer instanceof Problem) throw answer;
  return answer;
}

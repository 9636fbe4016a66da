/**
 * Judges anew what was scanned, where the advisories or the policy are others now or time has passed: from what was kept, without
 * the engine. What runs comes first. It keeps no list of its own in the store: whoever is killed in the middle looks again.
 */
import { append } from "../../../core/append.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { bounds as ociBounds } from "../../../engines/oci/bounds.ts";
import type { ImageKey, ListedImage, Store } from "../../../store/model.ts";
import { imageName, priorities, scanJob } from "../jobs.ts";
import { bounds } from "./bounds.ts";
import { decodeDocument, type KeptDocument, problemOf } from "./document.ts";
import type { Judging, JudgingSource } from "./judging.ts";
import { type JudgedManifest, judgeReading, judgeUnreadable, saveVerdict, unionOf } from "./verdict.ts";

export interface SweepOptions {
  readonly store: Pick<Store, "images" | "jobs">;
  readonly judging: JudgingSource;
  readonly host: string;
  readonly now: () => Date;
  /** Of a mistake of ours. */
  onError(error: unknown): void;
}

export interface Swept {
  /** Judged anew. */
  readonly judged: number;
  /** To be scanned from their layers: nothing that can be read was kept of them. */
  readonly rescanned: number;
}

/**
 * What cannot be judged by what was kept of it is scanned: it holds up no other.
 *
 * @param signal - ends it, with its reason thrown
 * @throws Problem where the store fails, or there is nothing to judge by: it is begun again then
 */
export async function sweep(options: SweepOptions, signal: AbortSignal): Promise<Swept> {
  const due = await dueImages(options, signal);
  const counts = { judged: 0, rescanned: 0 };
  let indexes: KeptIndex[] = [];
  await inTurn(due, bounds.rescanned, async (key) => {
    signal.throwIfAborted();
    const document = await keptOf(key, options);
    if (document?.kind === "index") indexes.push({ key, document });
    else if (document === undefined || !(await judgeAnew(key, document, options))) counts.rescanned += 1;
    else counts.judged += 1;
  });
  // An index is what its images are, so they went first; and of those within others the innermost.
  for (let round = 0; indexes.length > 0 && round <= ociBounds.indexDepth; round += 1) {
    const behind: KeptIndex[] = [];
    const current = await options.judging.current();
    await inTurn(indexes, bounds.rescanned, async ({ key, document }) => {
      signal.throwIfAborted();
      const judged = await judgeAnew(key, document, options);
      if (judged === undefined) counts.rescanned += 1;
      else if (judged.database >= current.database && judged.policy === current.policy) counts.judged += 1;
      else behind.push({ key, document });
    });
    indexes = behind;
  }
  return counts;
}

interface KeptIndex {
  readonly key: ImageKey;
  readonly document: KeptDocument;
}

/** Those that run first. */
async function dueImages(options: SweepOptions, signal: AbortSignal): Promise<ListedImage[]> {
  const { store, judging, now } = options;
  const current = await judging.current();
  const due: ListedImage[] = [];
  for (let after: ImageKey | undefined; ; ) {
    signal.throwIfAborted();
    const page = await store.images.list({ ...(after === undefined ? {} : { after }), limit: bounds.page });
    append(
      due,
      page.filter((image) => isDue(image, current, now())),
    );
    const last = page.at(-1);
    if (last === undefined || page.length < bounds.page) break;
    after = last;
  }
  const since = new Date(now().getTime() - bounds.runningDays * DAY);
  const running = new Set<string>();
  await inTurn(due.slice(0, bounds.askedRunning), bounds.reconciled, async ({ digest }) => {
    if (await store.images.runs(digest, since)) running.add(digest);
  });
  return due.sort((a, b) => Number(running.has(b.digest)) - Number(running.has(a.digest)));
}

const DAY = 24 * 60 * 60 * 1_000;
const HOUR = 60 * 60 * 1_000;

/** What was never scanned is for the queue: reconciliation finds what it lost. */
function isDue({ scannedAt, databaseDigest = "", policyDigest }: ListedImage, current: Judging, now: Date): boolean {
  if (scannedAt === undefined) return false;
  // An older database than that by which it was judged tells nothing new.
  if (databaseDigest < current.database || policyDigest !== current.policy) return true;
  // Without one what was found until now is worth more.
  return current.database !== "" && scannedAt.getTime() + bounds.renewHours * HOUR < now.getTime();
}

/** Undefined: it has to be scanned, and will be. */
async function keptOf(key: ImageKey, { store }: SweepOptions): Promise<KeptDocument | undefined> {
  const bytes = await store.images.document(key, "sbom");
  try {
    if (bytes !== undefined) return await decodeDocument(bytes, imageName(key));
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
  }
  await store.jobs.add([scanJob(key, priorities.running)]);
  return undefined;
}

/** One image by what was kept of it; undefined: it has to be scanned, and will be. */
async function judgeAnew(
  key: ImageKey,
  document: KeptDocument,
  options: SweepOptions,
): Promise<JudgedManifest | undefined> {
  const { store } = options;
  // As it is at this moment: a database that came in the place of another meanwhile is the one that counts.
  const judging = await options.judging.current();
  const judged = await judge(key, document, judging, options);
  if (judged === undefined) {
    await store.jobs.add([scanJob(key, priorities.running)]);
    return undefined;
  }
  await saveVerdict(store.images, key, judged, document);
  // What was read is as good as it was, and this program would read more.
  const isOfOtherReader = document.kind === "image" && document.key !== judging.reading;
  if (isOfOtherReader) await store.jobs.add([scanJob(key, priorities.renewal)]);
  return judged;
}

/** What a job asks for, of one image. */
export async function sweepOne(key: ImageKey, options: SweepOptions): Promise<"judged" | "rescanned"> {
  const document = await keptOf(key, options);
  if (document === undefined) return "rescanned";
  return (await judgeAnew(key, document, options)) === undefined ? "rescanned" : "judged";
}

/** Undefined: what was kept of it does not say. */
async function judge(
  key: ImageKey,
  document: KeptDocument,
  judging: Judging,
  { store, host, now, onError }: SweepOptions,
): Promise<JudgedManifest | undefined> {
  const at = now();
  if (document.kind === "index") {
    const { repository } = key;
    const images = await store.images.getMany(document.images.map((digest) => ({ repository, digest })));
    if (images.length !== document.images.length) return undefined;
    return unionOf(
      images.map(({ evaluations, relations, databaseDigest, policyDigest }) => ({
        ...{ evaluations, relations, database: databaseDigest, policy: policyDigest },
      })),
      at,
    );
  }
  const named = { ...key, host };
  try {
    return document.kind === "image"
      ? judgeReading(named, document.reading, judging, at)
      : judgeUnreadable(named, problemOf(document.why), judging, at);
  } catch (error) {
    // Of what a broken database says, or what was written by who knows whom.
    if (!(error instanceof Problem)) onError(error);
    return undefined;
  }
}

/** So many at a time; the first failure ends it once those under way are done. */
export async function inTurn<T>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const lane = async () => {
    for (const item of rest) {
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
      if (failure !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane));
  if (failure !== undefined) throw failure.error;
}

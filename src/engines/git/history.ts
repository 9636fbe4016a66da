import { BLOB } from "./entry.ts";
import type { HistoryItem, HistoryProgress, HistorySummary } from "./model.ts";
import { paced } from "./pace.ts";
import { type ReadBlob, readBlobs } from "./read-blobs.ts";
import type { Repository } from "./repository.ts";
import { type Trace, type TraceOptions, traceHistory } from "./trace.ts";

export interface HistoryOptions extends Omit<TraceOptions, "wantsTrees" | "told"> {
  /** Whether each blob says what it has in common with one told before ({@link HistoryBlob.copied}). */
  readonly copies?: boolean;
}

/**
 * The whole history of all refs and HEAD: what every commit and tag says, then every distinct blob with the commit that
 * had it first. Each object is inflated once, save bases that fell out of a bounded cache.
 *
 * Whoever reads does not write to `bytes`: they may be the base of the next blob.
 *
 * @returns the summary with all gaps, those of opening among them
 */
export function* history(
  repository: Repository,
  { unreachable, copies = false }: HistoryOptions,
): Generator<HistoryItem, HistorySummary, void> {
  const trace = yield* traceHistory(repository, { unreachable });
  let blobs = 0;
  let blobBytes = 0;
  for (const item of tracedBlobs(repository, trace, copies)) {
    if (item.kind === "progress") {
      yield item;
      continue;
    }
    const { number, bytes, base, copies: stretches } = item;
    blobs += 1;
    blobBytes += bytes.length;
    const copied = base === -1 || !copies ? {} : { copied: { from: repository.stored.ids.hex(base), stretches } };
    yield { ...trace.describe(number), bytes, ...copied };
  }
  return { commits: trace.commits, trees: trace.trees, blobs, blobBytes, gaps: repository.gaps.list() };
}

type TracedBlob = ReadBlob & { readonly kind?: never };

/** The blobs of a history that was traced, which describes those that somebody asks for. */
export function* tracedBlobs(
  repository: Repository,
  trace: Trace,
  copies = false,
): Generator<TracedBlob | HistoryProgress, void> {
  const { objects } = repository;
  const due = paced();
  let blobs = 0;
  for (const blob of readBlobs(repository, trace.has, copies)) {
    blobs += 1;
    yield blob;
    if (due(objects.inflated)) yield { kind: "progress", phase: "blobs", done: blobs };
  }
}

/**
 * Every blob of the store, reachable or not, without knowing whose it is: for whoever looks for something rare. Where
 * something is found, {@link traceHistory} says afterwards whether the history has the blob, and who brought it; where
 * nothing is, the trees need not be read at all.
 */
export function* everyBlob(repository: Repository): Generator<ReadBlob, void> {
  const { stored, objects } = repository;
  /** 0 not asked yet, 1 a blob, 2 none or a copy of one. */
  const kinds = new Uint8Array(stored.ids.count);
  const isBlob = (number: number): boolean => {
    if (kinds[number] === 0) kinds[number] = stored.ids.first(number) === number && hasType(number) ? 1 : 2;
    return kinds[number] === 1;
  };
  const hasType = (number: number): boolean => {
    try {
      return objects.typeOf(number) === BLOB;
    } catch (error) {
      repository.gaps.caught(error);
      return false;
    }
  };
  yield* readBlobs(repository, isBlob, true);
}

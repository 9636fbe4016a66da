/**
 * The blobs of a history, read and scanned by two threads. While the first traces which commit and path each blob belongs to,
 * the other begins with the oldest blobs, whose paths are known first; then both go on until they meet. What they find is put
 * together in the order in which one thread would have found it.
 */
import { isEvidenceProblem } from "../../core/problem.ts";
import { beginShare, type Share, type SharedWork, type Threads, takeShare } from "../../core/threads.ts";
import {
  type BlobPieces,
  cutBlobs,
  numbersOf,
  pieceCount,
  readPiece,
  tellUnreadOf,
} from "../../engines/git/blob-pieces.ts";
import type { Repository } from "../../engines/git/repository.ts";
import { type OpenStore, openStore, type SharedStore, shareStore } from "../../engines/git/shared-store.ts";
import type { Trace } from "../../engines/git/trace.ts";
import {
  followPaths,
  noTracedPaths,
  type PathTeller,
  type TracedPaths,
  tellPaths,
} from "../../engines/git/traced-paths.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets } from "../../engines/secrets/stream.ts";
import { archiveKindOf } from "./archives.ts";
import { type KeyedScanner, openAgain, type ReadSource } from "./scanner.ts";

/** With fewer objects all is read before another thread has its rules ready. */
const WORTH = 20_000;
/** Bytes of blobs after which others have their turn. */
const YIELD = 32 * 1024 * 1024;

/** What came of a piece. Most blobs have nothing to tell: only their number is kept. */
interface PieceRead {
  readonly quiet: { files: number; bytes: number };
  readonly telling: Telling[];
  /** What could not be read, in its order. */
  readonly caught: unknown[];
  /** Bytes that its objects inflated to in another thread. */
  readonly inflated: number;
}

/** A blob in which something was found; without `found`, one that is left to the end: archives share one bound. */
interface Telling {
  readonly number: number;
  readonly bytes: number;
  readonly found?: FileSecrets;
}

interface History {
  readonly store: SharedStore;
  readonly pieces: BlobPieces;
  readonly traced: TracedPaths;
  readonly source: ReadSource;
}

export interface SharedHistory {
  readonly paths: TracedPaths["paths"];
  readonly tell: PathTeller["tell"];
  /** Before anything else, once the trace has ended or broken off. */
  endTrace(): void;
  abandon(): Promise<void>;
  /**
   * @param yielding - is waited for now and then
   * @returns false where the trace tells of other blobs than there are: nothing was told, and one thread has to read them
   */
  finish(trace: Trace, told: HistoryTold, yielding: (blobs: number) => Promise<void>): Promise<boolean>;
}

/** Gets what was found, in the order in which one thread reads. */
export interface HistoryTold {
  quiet(files: number, bytes: number): void;
  found(number: number, bytes: number, found: FileSecrets): void;
  /** One that nobody has looked at. */
  left(number: number, bytes: Buffer): void;
}

/** @param worth - objects from which on it is worth a thread */
export function shareHistory(
  repository: Repository,
  threads: Threads | undefined,
  { scanner, source }: Pick<KeyedScanner, "scanner" | "source">,
  worth = WORTH,
): SharedHistory | undefined {
  if (threads === undefined || source === undefined) return undefined;
  if (repository.stored.ids.count < worth) return undefined;
  const pieces = cutBlobs(repository);
  if (pieces === undefined) return undefined;
  const traced = noTracedPaths(repository.stored.ids.count);
  const teller = tellPaths(traced);
  const input: History = { store: shareStore(repository), pieces, traced, source };
  const work = beginShare<PieceRead>(threads, "history", input, pieceCount(pieces), { fromEnd: true });
  return {
    paths: traced.paths,
    tell: teller.tell,
    endTrace: teller.end,
    abandon: work.abandon,
    async finish(trace, told, yielding) {
      if (!isAllOf(pieces, trace)) {
        await work.abandon();
        return false;
      }
      const read = await finishPieces(repository, pieces, trace, scanner, work, yielding);
      putTogether(repository, pieces, read, told);
      return true;
    },
  };
}

/** Whether the history has every blob of the store, and names nothing else as a file. */
function isAllOf({ blobs }: BlobPieces, trace: Trace): boolean {
  for (let number = 0; number < blobs.length; number++) if ((blobs[number] === 1) !== trace.has(number)) return false;
  return true;
}

async function finishPieces(
  repository: Repository,
  pieces: BlobPieces,
  trace: Trace,
  scanner: SecretScanner,
  work: SharedWork<PieceRead>,
  yielding: (blobs: number) => Promise<void>,
): Promise<PieceRead[]> {
  const scan = scanner.versions();
  let blobs = 0;
  let unsaid = 0;
  return await work.finish(async (piece) => {
    const before = repository.objects.inflated;
    const read = scanPiece(repository, pieces, piece, { scan, pathOf: trace.pathOf }) as PieceRead;
    blobs += read.quiet.files + read.telling.length;
    unsaid += repository.objects.inflated - before;
    if (unsaid > YIELD) {
      unsaid = 0;
      await yielding(blobs);
    }
    return read;
  });
}

function putTogether(repository: Repository, pieces: BlobPieces, read: readonly PieceRead[], told: HistoryTold): void {
  const { gaps, objects } = repository;
  let pack = 0;
  const endPacks = (piece: number): void => {
    for (; pack < pieces.packEnds.length && piece === pieces.packEnds[pack]; pack++) {
      tellUnreadOf(repository, pieces, pack);
    }
  };
  const trying = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      gaps.caught(error);
    }
  };
  for (const [piece, { quiet, telling, caught, inflated }] of read.entries()) {
    endPacks(piece);
    trying(() => objects.countElsewhere(inflated));
    for (const error of caught) gaps.caught(error);
    told.quiet(quiet.files, quiet.bytes);
    for (const { number, bytes, found } of telling) {
      if (found !== undefined) told.found(number, bytes, found);
      else trying(() => told.left(number, objects.read(number).bytes));
    }
  }
  endPacks(read.length);
}

/**
 * The other thread's half.
 *
 * @throws Error where its rules are others by now
 */
export async function scanHistoryShare(share: History & Share, send: (message: unknown) => void): Promise<void> {
  const { store: shared, pieces, traced, source } = share;
  const { scanner } = await openAgain(source);
  using store = openStore(shared);
  const paths = followPaths(traced);
  const scan = scanner.versions();
  const work = (piece: number): PieceRead | undefined => {
    paths.waitFor(numbersOf(pieces, piece));
    const before = store.objects.inflated;
    const read = scanPiece(store, pieces, piece, { scan, pathOf: paths.pathOf });
    // What cannot be read is read once more by the thread that tells of it.
    if (read === undefined || read.caught.length > 0) return undefined;
    return { ...read, inflated: store.objects.inflated - before };
  };
  takeShare(share, work, send);
}

/** Undefined where the path of a blob is not known. */
function scanPiece(
  store: Pick<OpenStore, "stored" | "objects">,
  pieces: BlobPieces,
  piece: number,
  { scan, pathOf }: { readonly scan: SecretScanner["scan"]; readonly pathOf: (number: number) => string | undefined },
): PieceRead | undefined {
  const read: PieceRead = { quiet: { files: 0, bytes: 0 }, telling: [], caught: [], inflated: 0 };
  const caught = (error: unknown): void => {
    if (!isEvidenceProblem(error)) throw error;
    read.caught.push(error);
  };
  for (const { number, bytes } of readPiece(store, pieces, piece, caught)) {
    const known = pathOf(number);
    if (known === undefined) return undefined;
    const path = known || `object ${store.stored.ids.hex(number)}`;
    if (archiveKindOf(path, bytes) !== undefined) {
      read.telling.push({ number, bytes: bytes.length });
      continue;
    }
    const found = scan(path, bytes);
    if (found.secrets.length + found.omitted > 0) read.telling.push({ number, bytes: bytes.length, found });
    else {
      read.quiet.files += 1;
      read.quiet.bytes += bytes.length;
    }
  }
  return read;
}

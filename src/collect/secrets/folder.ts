/** The secrets of a folder of files: every regular file is read once; no symlink is followed. */
import { setImmediate } from "node:timers/promises";
import {
  type Ahead,
  beginShare,
  handedTo,
  type Share,
  startAhead,
  type ThreadAhead,
  type Threads,
  takeShare,
} from "../../core/threads.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { createAccumulator } from "./accumulator.ts";
import { createArchiveScanner, noneUnpacked, type Unpacked } from "./archives.ts";
import { type FileRead, fileMemory, type Reader, scanFile } from "./file.ts";
import { type KeyedScanner, openAgain, type ReadSource } from "./scanner.ts";
import { type FileNames, namesOf, pieceCount, type Walked, type WalkOptions, walkFiles } from "./walk.ts";

export interface FolderOptions extends WalkOptions {
  /** Absent: this thread reads all of it. */
  readonly threads?: Threads;
  /** How many files have been read, and of how many. */
  readonly onProgress?: (files: number, total: number) => void;
}

/** The stores of version control systems: packed, and read as history. */
export const versionControl: ReadonlySet<string> = new Set([".git", ".hg", ".svn"]);

/** With fewer files they are read before another thread has its rules ready. */
const WORTH = 4_000;
/** Files after which it is told how many there were. */
const TOLD = 500;
/** Bytes after which others have their turn. */
const YIELD = 8 * 1024 * 1024;

/** What came of a piece. Most of its files have nothing to tell: of a million only their number is kept. */
interface PieceRead {
  readonly files: number;
  readonly quiet: { readonly files: number; readonly bytes: number };
  readonly telling: readonly Told[];
}

type Told = { readonly path: string } & (FileRead | { readonly unread: string } | { readonly archive: string });

/** @throws Problem where the root is no folder, or there are more entries than the bound */
export async function secretsOfFolder(
  root: string,
  keyed: Pick<KeyedScanner, "scanner"> & Partial<KeyedScanner>,
  options: FolderOptions,
): Promise<FoundSecrets> {
  let ahead: ThreadAhead | undefined;
  try {
    const walked = await walkFiles(root, {
      ...options,
      onListed(files) {
        if (files >= WORTH) ahead ??= threadAhead(keyed, options);
      },
    });
    return await secretsOfFiles(root, walked, keyed, options, ahead);
  } finally {
    await ahead?.end();
  }
}

async function secretsOfFiles(
  root: string,
  { files, count, unread, skipped }: Walked,
  keyed: Pick<KeyedScanner, "scanner">,
  options: FolderOptions,
  ahead: ThreadAhead | undefined,
): Promise<FoundSecrets> {
  const pieces = pieceCount(files);
  const accumulator = createAccumulator(root);
  for (const { path, cause } of unread) accumulator.unread(path, cause);
  const progress = { done: 0, told: 0, unsaid: 0 };
  const told = (read: PieceRead) => {
    progress.done += read.files;
    if (progress.done - progress.told < TOLD && progress.done < count) return;
    progress.told = progress.done;
    options.onProgress?.(progress.done, count);
  };
  const unpacked = noneUnpacked();
  const reader = { scanner: keyed.scanner, memory: fileMemory(keyed.scanner), unpacked };
  const own = async (piece: number): Promise<PieceRead> => {
    const read = scanPiece(root, files, piece, reader);
    progress.unsaid += read.quiet.bytes;
    for (const one of read.telling) progress.unsaid += "bytes" in one ? one.bytes : 0;
    told(read);
    if (progress.unsaid > YIELD) {
      progress.unsaid = 0;
      await setImmediate();
      options.signal?.throwIfAborted();
    }
    return read;
  };
  const walk: Walk = { root, files, unpacked };
  const shared = ahead && beginShare<PieceRead>(ahead.threads, TASK, walk, pieces, { told, turns: ahead.turns });
  const found = shared === undefined ? await inTurn(pieces, own) : await shared.finish(own);
  for (const { quiet, telling } of found) {
    accumulator.quiet(quiet.files, quiet.bytes);
    for (const one of telling) {
      if ("unread" in one) accumulator.unread(one.path, one.unread);
      else if ("archive" in one) accumulator.archive(one.path, one.archive);
      else accumulator.file(one.path, one.bytes, one.found, one.left);
    }
  }
  return { ...accumulator.finish(), skipped };
}

async function inTurn<Result>(count: number, work: (at: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < count; at++) results.push(await work(at));
  return results;
}

interface Walk {
  readonly root: string;
  readonly files: FileNames;
  readonly unpacked: Unpacked;
}

interface Files {
  readonly source: ReadSource;
}

const TASK = "secrets";

function threadAhead({ source }: Partial<KeyedScanner>, { threads }: FolderOptions): ThreadAhead | undefined {
  return threads && source && startAhead(threads, TASK, { source } satisfies Files);
}

/**
 * The other thread's half.
 *
 * @throws Error where its rules are others by now
 */
export async function scanShare({ source, port }: Files & Ahead, send: (message: unknown) => void): Promise<void> {
  const handed = handedTo<Walk & Share>({ port });
  const { scanner } = await openAgain(source);
  const share = await handed;
  if (share === undefined) return;
  const { root, files, unpacked } = share;
  const reader = { scanner, memory: fileMemory(scanner), unpacked };
  takeShare(share, (piece) => scanPiece(root, files, piece, reader), send);
}

function scanPiece(
  root: string,
  files: FileNames,
  piece: number,
  { scanner, memory, unpacked }: Pick<Reader, "scanner" | "memory"> & { readonly unpacked: Unpacked },
): PieceRead {
  const names = namesOf(root, files, piece);
  const quiet = { files: 0, bytes: 0 };
  const telling: Told[] = [];
  const tell = (path: string, read: FileRead): void => {
    if (read.found.secrets.length + read.found.omitted > 0 || read.left !== undefined) telling.push({ path, ...read });
    else {
      quiet.files++;
      quiet.bytes += read.bytes;
    }
  };
  const archives = createArchiveScanner(
    scanner,
    {
      file: (path, bytes, found) => tell(path, { bytes, found }),
      archive: (path, cause) => telling.push({ path, archive: cause }),
    },
    unpacked,
  );
  const reader = { scanner, archives, memory };
  for (const { path, name } of names) {
    try {
      tell(path, scanFile(name, path, reader));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      telling.push({ path, unread: error.message });
    }
  }
  return { files: names.length, quiet, telling };
}

/** One file, by its name. What cannot be read is a gap. */
export function secretsOfFile(file: string, path: string, scanner: SecretScanner): FoundSecrets {
  const accumulator = createAccumulator(path);
  try {
    const archives = createArchiveScanner(scanner, accumulator);
    const { bytes, found, left } = scanFile(file, path, { scanner, archives, memory: fileMemory(scanner) });
    accumulator.file(path, bytes, found, left);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    accumulator.unread(path, error.message);
  }
  return accumulator.finish();
}

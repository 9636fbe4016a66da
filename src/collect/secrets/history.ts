/** The secrets of a git repository's whole history: every version of every file once, and what commits and tags say. */

import { existsSync, readdirSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { Threads } from "../../core/threads.ts";
import { bounds as gitBounds } from "../../engines/git/bounds.ts";
import { tracedBlobs } from "../../engines/git/history.ts";
import type { CommitFacts, GitGap, HistoryBlob, HistoryMessage } from "../../engines/git/model.ts";
import type { Repository } from "../../engines/git/repository.ts";
import { openRepository } from "../../engines/git/repository.ts";
import { type Trace, traceHistory } from "../../engines/git/trace.ts";
import type { FoundSecrets, SecretFact } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets } from "../../engines/secrets/stream.ts";
import { createAccumulator, leftOfAll } from "./accumulator.ts";
import { type ArchiveScanner, archiveKindOf, createArchiveScanner, noneUnpacked } from "./archives.ts";
import { bounds } from "./bounds.ts";
import { secretsOfFolder } from "./folder.ts";
import { type SharedHistory, shareHistory } from "./history-pieces.ts";
import type { KeyedScanner } from "./scanner.ts";

export interface HistoryOptions {
  readonly signal?: AbortSignal;
  /** How many commits, trees or files have been read. */
  readonly onProgress?: (done: number) => void;
  /** Absent: this thread reads all of it. */
  readonly threads?: Threads;
  /** Objects from which on a repository is worth a thread; absent: the default. */
  readonly worth?: number;
}

type ScannerOfHistory = Pick<KeyedScanner, "scanner"> & Partial<KeyedScanner>;

/**
 * All that a folder's repository holds, whatever leads to it: every object of its store (the history of all refs, stashes,
 * what reflogs, MERGE_HEAD and the like name, what was staged, and what nothing names any more), and Git's own files
 * beside the store, which may hold a token (config, reflogs, FETCH_HEAD). So of each repository below it: those of
 * submodules (`.git/modules`), and `nested` ones.
 *
 * A secret is told once for each path, with the first commit that had it, and is hidden where HEAD has it no more. The
 * order of objects in a repository is any, so that is known at the end.
 *
 * @param nested - folders below the root with a repository of their own, as the reading of the folder met them
 * @throws Problem `secrets.history` (usage) where there is no repository
 */
export async function secretsOfHistory(
  root: string,
  keyed: ScannerOfHistory,
  options: HistoryOptions = {},
  nested: readonly string[] = [],
): Promise<FoundSecrets> {
  using repository = openRepository(root, { outside: true });
  if (repository === undefined) {
    throw new Problem({
      kind: "usage",
      code: "secrets.history",
      place: root,
      cause: "not a Git repository",
      remedy: "use the directory that contains .git, or omit --history",
    });
  }
  let all = await secretsOfRepository(root, repository, "", keyed, options);
  const seen = new Set([realPathOf(repository.facts.commonFolder)]);
  const below = [
    ...moduleFolders(repository.facts.commonFolder).map((path) => ({
      name: `.git/${path}`,
      at: join(repository.facts.commonFolder, path),
    })),
    ...nested.map((path) => ({ name: path, at: join(root, path) })),
  ];
  for (const { name, at } of below) {
    try {
      using inner = openRepository(at, { outside: true });
      if (inner === undefined || seen.has(realPathOf(inner.facts.commonFolder))) continue;
      seen.add(realPathOf(inner.facts.commonFolder));
      all = together(all, await secretsOfRepository(at, inner, `${name}:`, keyed, options));
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      all = { ...all, gaps: [...all.gaps, { code: error.code, reason: `${name}: ${error.place}: ${error.message}` }] };
    }
  }
  return all;
}

/** @param prefix - before the paths of what is told: of a repository within another, which one */
async function secretsOfRepository(
  root: string,
  repository: Repository,
  prefix: string,
  keyed: ScannerOfHistory,
  options: HistoryOptions,
): Promise<FoundSecrets> {
  const accumulator = createAccumulator(root);
  const first = new Map<string, SecretFact>();
  const scan = keyed.scanner.versions();
  const unpacked = noneUnpacked();
  const take = (item: Told, path: string, bytes: number, found: FileSecrets): void => {
    const fresh: SecretFact[] = [];
    for (const secret of found.secrets) {
      const fact = withCommit({ ...secret, path: prefix + path }, item);
      const key = keyOf(fact);
      const before = first.get(key);
      if (before === undefined) fresh.push(fact);
      first.set(key, before === undefined ? fact : earlier(before, fact));
    }
    accumulator.file(path, bytes, { ...found, secrets: fresh });
  };
  const look = (path: string, bytes: Buffer, told: () => Told): void => {
    if (archiveKindOf(path, bytes) !== undefined) {
      const into = { file: take.bind(undefined, told()), archive: accumulator.archive };
      if (isReadArchive(path, bytes, createArchiveScanner(keyed.scanner, into, unpacked))) return;
    }
    const found = scan(path, bytes);
    if (found.secrets.length + found.omitted === 0) accumulator.quiet(1, bytes.length);
    else take(told(), path, bytes.length, found);
  };
  const gaps = await readAll(repository, keyed, options, {
    quiet: accumulator.quiet,
    look,
    found: (item, bytes, found) => take(item, pathOf(item), bytes, found),
  });
  for (const { code, place, reason } of gaps) accumulator.gap({ code, reason: `${prefix}${place}: ${reason}` });
  const { found, gaps: all } = accumulator.finish();
  const secrets = found.secrets.map((secret) => first.get(keyOf(secret)) ?? secret);
  const own = await secretsOfOwnFiles(repository, prefix, keyed.scanner, options.signal);
  return together({ found: { ...found, secrets }, gaps: all }, own);
}

/** What was found, or where it is to be looked for: all of an item but a blob's bytes. */
type Told = Omit<HistoryBlob, "bytes"> | HistoryMessage;

interface Telling {
  quiet(files: number, bytes: number): void;
  /** @param told - is asked only where that matters */
  look(path: string, bytes: Buffer, told: () => Told): void;
  found(item: Told, bytes: number, found: FileSecrets): void;
}

/** Reads all of a repository, by two threads where that is worth it. @returns the gaps */
async function readAll(
  repository: Repository,
  keyed: ScannerOfHistory,
  { signal, onProgress, threads, worth }: HistoryOptions,
  telling: Telling,
): Promise<readonly GitGap[]> {
  const yielding = async (done: number): Promise<void> => {
    onProgress?.(done);
    await setImmediate();
    signal?.throwIfAborted();
  };
  const shared = shareHistory(repository, threads, keyed, worth);
  const trace = await tracing(repository, shared, telling, yielding);
  const lookAtBlob = (number: number, bytes: Buffer): void => {
    const path = trace.pathOf(number) || `object ${repository.stored.ids.hex(number)}`;
    telling.look(path, bytes, () => trace.describe(number));
  };
  const isTold = await shared?.finish(
    trace,
    {
      quiet: telling.quiet,
      found: (number, bytes, found) => telling.found(trace.describe(number), bytes, found),
      left: (number, bytes) => lookAtBlob(number, bytes),
    },
    yielding,
  );
  if (isTold !== true) {
    for (const item of tracedBlobs(repository, trace)) {
      if (item.kind === "progress") await yielding(item.done);
      else lookAtBlob(item.number, item.bytes);
    }
  }
  return repository.gaps.list();
}

async function tracing(
  repository: Repository,
  shared: SharedHistory | undefined,
  telling: Telling,
  yielding: (done: number) => Promise<void>,
): Promise<Trace> {
  try {
    const items = traceHistory(repository, { unreachable: true, ...(shared === undefined ? {} : { told: shared }) });
    let item = items.next();
    for (; !item.done; item = items.next()) {
      if (item.value.kind === "progress") await yielding(item.value.done);
      else lookAtMessage(telling, item.value);
    }
    shared?.endTrace();
    return item.value;
  } catch (error) {
    shared?.endTrace();
    await shared?.abandon();
    throw error;
  }
}

function lookAtMessage({ look }: Telling, item: HistoryMessage): void {
  look(pathOf(item), item.bytes, () => item);
}

/** Whether all of an archive was read: then its packed bytes tell nothing more. */
function isReadArchive(path: string, bytes: Buffer, archives: ArchiveScanner): boolean {
  if (bytes.length <= bounds.archiveBytes) return archives.scan(path, bytes);
  archives.tooLarge(path);
  return false;
}

/** Git's own files: all but the store of objects, and what other repositories lie within. */
async function secretsOfOwnFiles(
  { facts: { gitFolder, commonFolder } }: Repository,
  prefix: string,
  scanner: SecretScanner,
  signal: AbortSignal | undefined,
): Promise<FoundSecrets> {
  const shown = prefix === "" ? ".git/" : prefix;
  let all: FoundSecrets | undefined;
  for (const folder of new Set([commonFolder, ...(isBelow(commonFolder, gitFolder) ? [] : [gitFolder])])) {
    const read = await secretsOfFolder(
      folder,
      { scanner },
      {
        skipped: new Set(),
        skippedPaths: new Set(["objects", "modules"]),
        ...(signal === undefined ? {} : { signal }),
      },
    );
    const secrets = read.found.secrets.map((secret) => ({ ...secret, path: shown + secret.path }));
    const own = { ...read, found: { ...read.found, secrets } };
    all = all === undefined ? own : together(all, own);
  }
  return all ?? { found: { secrets: [], files: 0, bytes: 0 }, gaps: [] };
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Repositories of submodules, and of theirs: a name may have slashes, and so be folders deep. */
function moduleFolders(commonFolder: string): string[] {
  const found: string[] = [];
  const waiting = [{ path: "modules", depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const at = join(commonFolder, next.path);
    const isRepository = existsSync(join(at, "HEAD")) && existsSync(join(at, "objects"));
    if (isRepository) found.push(next.path);
    if (next.depth > gitBounds.pathDepth || found.length > bounds.gitModules) continue;
    const inner = isRepository ? ["modules"] : foldersIn(at);
    for (const name of inner) waiting.push({ path: `${next.path}/${name}`, depth: next.depth + 1 });
  }
  return found.sort();
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function keyOf({ rule, fingerprint, path }: SecretFact): string {
  return JSON.stringify([rule, fingerprint, path]);
}

/** What the work tree has beside what was committed; the commit that brought a secret comes first. */
export function together(past: FoundSecrets, present: FoundSecrets): FoundSecrets {
  return {
    found: {
      secrets: [...past.found.secrets, ...present.found.secrets],
      files: past.found.files + present.found.files,
      bytes: past.found.bytes + present.found.bytes,
      ...leftOfAll([past.found, present.found]),
    },
    gaps: [...past.gaps, ...present.gaps],
  };
}

function pathOf(item: Told): string {
  if (item.kind === "message") return item.of === "commit" ? "commit message" : "tag message";
  return item.path === "" ? `object ${item.id}` : item.path;
}

function withCommit(secret: SecretFact, item: Told): SecretFact {
  const hidden = item.kind === "blob" && !item.current;
  return {
    ...secret,
    ...(item.commit === undefined ? {} : { commit: commitOf(item.commit) }),
    ...(hidden ? { hidden: true } : {}),
  };
}

function commitOf({ id, author, email, date }: CommitFacts): NonNullable<SecretFact["commit"]> {
  return { id, author: email === "" ? author : `${author} <${email}>`, ...(date === undefined ? {} : { date }) };
}

/** The one of the earlier commit; what HEAD has of either, it has. */
function earlier(a: SecretFact, b: SecretFact): SecretFact {
  const [chosen, other] = (b.commit?.date ?? "9") < (a.commit?.date ?? "9") ? [b, a] : [a, b];
  if (chosen.hidden !== true || other.hidden === true) return chosen;
  const { hidden: _, ...current } = chosen;
  return current;
}

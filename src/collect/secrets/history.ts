/** The secrets of a git repository's whole history: every version of every file once, and what commits and tags say. */

import { existsSync, readdirSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { bounds as gitBounds } from "../../engines/git/bounds.ts";
import { history } from "../../engines/git/history.ts";
import type { CommitFacts, HistoryBlob, HistoryMessage } from "../../engines/git/model.ts";
import type { Repository } from "../../engines/git/repository.ts";
import { openRepository } from "../../engines/git/repository.ts";
import type { FoundSecrets, SecretFact } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { FileSecrets } from "../../engines/secrets/stream.ts";
import { createAccumulator, leftOfAll } from "./accumulator.ts";
import { ARCHIVE_HEAD, type ArchiveScanner, archiveKindOf, createArchiveScanner, noneUnpacked } from "./archives.ts";
import { bounds } from "./bounds.ts";
import { secretsOfFolder } from "./folder.ts";

export interface HistoryOptions {
  readonly signal?: AbortSignal;
  /** How many commits, trees or files have been read. */
  readonly onProgress?: (done: number) => void;
}

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
  scanner: SecretScanner,
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
  let all = await secretsOfRepository(root, repository, "", scanner, options);
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
      all = together(all, await secretsOfRepository(at, inner, `${name}:`, scanner, options));
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
  scanner: SecretScanner,
  { signal, onProgress }: HistoryOptions,
): Promise<FoundSecrets> {
  const accumulator = createAccumulator(root);
  const first = new Map<string, SecretFact>();
  const scan = scanner.versions();
  const unpacked = noneUnpacked();
  const items = history(repository, { unreachable: true });
  let item = items.next();
  for (; !item.done; item = items.next()) {
    const { value } = item;
    if (value.kind === "progress") {
      onProgress?.(value.done);
      await setImmediate();
      signal?.throwIfAborted();
      continue;
    }
    const take = (path: string, bytes: number, found: FileSecrets): void => {
      const fresh: SecretFact[] = [];
      for (const secret of found.secrets) {
        const fact = withCommit({ ...secret, path: prefix + path }, value);
        const key = keyOf(fact);
        const before = first.get(key);
        if (before === undefined) fresh.push(fact);
        first.set(key, before === undefined ? fact : earlier(before, fact));
      }
      accumulator.file(path, bytes, { ...found, secrets: fresh });
    };
    const path = pathOf(value);
    const told = { file: take, archive: accumulator.archive };
    if (!isReadArchive(path, value.bytes, createArchiveScanner(scanner, told, unpacked)))
      take(path, value.bytes.length, scan(path, value.bytes));
  }
  for (const { code, place, reason } of item.value.gaps)
    accumulator.gap({ code, reason: `${prefix}${place}: ${reason}` });
  const { found, gaps } = accumulator.finish();
  const secrets = found.secrets.map((secret) => first.get(keyOf(secret)) ?? secret);
  return together({ found: { ...found, secrets }, gaps }, await secretsOfOwnFiles(repository, prefix, scanner, signal));
}

/** Whether it is an archive of which all was read: then its packed bytes tell nothing more. */
function isReadArchive(path: string, bytes: Buffer, archives: ArchiveScanner): boolean {
  if (archiveKindOf(path, bytes.subarray(0, ARCHIVE_HEAD)) === undefined) return false;
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

function pathOf(item: HistoryBlob | HistoryMessage): string {
  if (item.kind === "message") return item.of === "commit" ? "commit message" : "tag message";
  return item.path === "" ? `object ${item.id}` : item.path;
}

function withCommit(secret: SecretFact, item: HistoryBlob | HistoryMessage): SecretFact {
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

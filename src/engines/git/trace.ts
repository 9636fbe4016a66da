import { isEvidenceProblem } from "../../core/problem.ts";
import { BLOB, COMMIT, TAG } from "./entry.ts";
import { readHead } from "./head.ts";
import { readHex } from "./ids.ts";
import { countMissingObjects, type MissingObjects } from "./missing-objects.ts";
import type { CommitFacts, HistoryBlob, HistoryMessage, HistoryProgress } from "./model.ts";
import { oldestFirst } from "./order.ts";
import { paced } from "./pace.ts";
import type { Repository } from "./repository.ts";
import { indexPaths, readIndex } from "./staged.ts";
import { type Commits, noCommits, walkCommits } from "./walk-commits.ts";
import {
  IN_HEAD,
  type Introductions,
  introduce,
  introduceStaged,
  LINK,
  NO_COMMIT,
  NOBODY,
  noIntroductions,
  UNREACHABLE,
} from "./walk-trees.ts";

export interface TraceOptions {
  /** Also what no ref leads to: commits that were amended or rebased away, dropped stashes, files staged only. */
  readonly unreachable: boolean;
  /**
   * Asked when all commits are read: false leaves the trees unread, where nobody will ask which blobs there are. They
   * are most of the work. Absent reads them.
   */
  readonly wantsTrees?: () => boolean;
  /** Where paths are noted for other threads, and who is told of them as the trace goes, the last time before it ends. */
  readonly told?: { readonly paths: Int32Array; readonly tell: (names: readonly string[]) => void };
}

/** Commits after which paths are told. */
const TOLD = 64;

/** Which blobs a history has, and who brought them. */
export interface Trace {
  readonly commits: number;
  readonly trees: number;
  /** By the number of an object. */
  has(number: number): boolean;
  /** Empty where it has none. */
  pathOf(number: number): string;
  /** All of a blob but its bytes. */
  describe(number: number): Omit<HistoryBlob, "bytes" | "copied">;
}

/**
 * Walks all commits and trees, and tells what commits and tags say. No blob is read: whoever wants blobs reads them
 * meanwhile or afterwards.
 */
export function* traceHistory(
  repository: Repository,
  { unreachable, wantsTrees = () => true, told }: TraceOptions,
): Generator<HistoryMessage | HistoryProgress, Trace, void> {
  const { stored, objects, facts, gaps, idBytes } = repository;
  const commits = noCommits(stored.ids.count);
  const into = noIntroductions(stored.ids.count, idBytes, told?.paths);
  const referred = countMissingObjects(idBytes, facts.partial);
  if (facts.shallow.length > 0) {
    const reason = `history before ${facts.shallow.length} commits is missing: this is a shallow clone`;
    gaps.add({ code: "git.shallow", place: "the repository", reason });
  }
  const due = paced();
  let trees = 0;
  function* walk(tips: readonly number[], stray: boolean): Generator<HistoryMessage | HistoryProgress, void> {
    const missing = stray ? PRUNED : referred;
    const before = commits.numbers.length;
    const othersBefore = commits.others.length;
    for (const message of walkCommits(repository, commits, tips, stray, missing)) {
      yield message;
      if (due(objects.inflated)) yield { kind: "progress", phase: "commits", done: commits.numbers.length };
    }
    if (!wantsTrees()) return;
    const { order, circle } = oldestFirst(commits, before, stored.ids);
    if (circle) {
      const reason = "commits that are their own ancestors";
      gaps.add({ code: "git.object-broken", place: "the repository", reason });
    }
    for (const [at, ordinal] of order.entries()) {
      if (at % TOLD === 0) told?.tell(into.names);
      const root = commits.trees[ordinal] as number;
      if (root !== -1) trees += introduce(repository, into, root, ordinal, stray, missing);
      if (due(objects.inflated)) yield { kind: "progress", phase: "trees", done: trees };
    }
    for (const number of commits.others.slice(othersBefore)) trees += other(repository, into, number, missing);
  }

  yield* walk(tipsOf(repository, referred), false);
  if (unreachable) {
    yield* walk(strayTips(repository, commits), true);
    if (wantsTrees()) {
      stagedBlobs(repository, into);
      strayBlobs(repository, into);
    }
  }
  told?.tell(into.names);
  referred.tell(gaps);
  const head = readHead(repository, into, wantsTrees() ? headTree(repository, commits) : undefined);
  return {
    commits: commits.numbers.length,
    trees,
    has: (number) => into.commits[number] !== NOBODY,
    pathOf: (number) => into.names[into.paths[number] as number] ?? "",
    describe: describer(repository, commits, into, head.has),
  };
}

/** What nothing refers to may have been thrown away in part, as `git gc` does by age: nobody can read that any more. */
const PRUNED: MissingObjects = { note: () => {}, tell: () => {} };

/** Names those that are staged; where an index cannot be read they are told without their names. */
function stagedBlobs({ facts, idBytes, stored: { ids }, objects }: Repository, into: Introductions): void {
  for (const path of indexPaths(facts)) {
    try {
      for (const { id, path: name, mode } of readIndex(path, idBytes) ?? []) {
        const number = mode === SUBMODULE || mode === FOLDER ? -1 : ids.find(id, 0);
        if (number !== -1 && objects.typeOf(number) === BLOB) {
          introduceStaged(into, number, name.toString("utf8"), mode === SYMBOLIC_LINK);
        }
      }
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
    }
  }
}

const FOLDER = 0o040000;
const SYMBOLIC_LINK = 0o120000;
const SUBMODULE = 0o160000;

function tipsOf({ facts: { refs }, stored: { ids }, idBytes }: Repository, missing: MissingObjects): number[] {
  const tips: number[] = [];
  const id = new Uint8Array(idBytes);
  for (const ref of refs) {
    if (!readHex(Buffer.from(ref.id, "latin1"), 0, id)) continue;
    const number = ids.find(id, 0);
    if (number === -1) missing.note(id, 0);
    else tips.push(number);
  }
  return tips;
}

/** A tree or blob that a ref or a tag names itself. */
function other(repository: Repository, into: Introductions, number: number, missing: MissingObjects): number {
  try {
    if (repository.objects.typeOf(number) !== BLOB) {
      return introduce(repository, into, number, NO_COMMIT, false, missing);
    }
    if (into.commits[number] === NOBODY) into.commits[number] = NO_COMMIT;
  } catch (error) {
    repository.gaps.caught(error);
  }
  return 0;
}

/** Hands over object numbers in the order of the packs, copies left out. */
function everyObject({ stored: { byOffset, ids, places } }: Repository, take: (number: number) => void): void {
  for (const sorted of byOffset) {
    for (let nth = 0; nth < sorted.length; nth++) {
      const number = sorted[nth] as number;
      if (ids.first(number) === number) take(number);
    }
  }
  for (let number = 0; number < places.length; number++) {
    if ((places[number] as number) < 0 && ids.first(number) === number) take(number);
  }
}

function strayTips(repository: Repository, { ordinals }: Commits): number[] {
  const tips: number[] = [];
  everyObject(repository, (number) => {
    if (ordinals[number] !== -1) return;
    const type = typeOf(repository, number);
    if (type === COMMIT || type === TAG) tips.push(number);
  });
  return tips;
}

function strayBlobs(repository: Repository, { commits, marks }: Introductions): void {
  everyObject(repository, (number) => {
    if (commits[number] !== NOBODY || typeOf(repository, number) !== BLOB) return;
    commits[number] = NO_COMMIT;
    marks[number] = (marks[number] as number) | UNREACHABLE;
  });
}

function typeOf({ objects, gaps }: Repository, number: number): number {
  try {
    return objects.typeOf(number);
  } catch (error) {
    gaps.caught(error);
    return 0;
  }
}

function headTree({ facts: { head }, stored: { ids } }: Repository, { ordinals, trees }: Commits): number | undefined {
  if (head === undefined) return undefined;
  const number = ids.find(Buffer.from(head, "hex"), 0);
  const ordinal = number === -1 ? -1 : (ordinals[number] as number);
  const tree = ordinal === -1 ? -1 : (trees[ordinal] as number);
  return tree === -1 ? undefined : tree;
}

function describer(
  { stored: { ids } }: Repository,
  { numbers, facts }: Commits,
  { commits, paths, marks, names }: Introductions,
  inHead: (path: string) => boolean,
): Trace["describe"] {
  /** 1 is there, 2 is not; looked up once a path. */
  const there = new Uint8Array(names.length);
  return (number) => {
    const bits = marks[number] as number;
    const path = paths[number] as number;
    const ordinal = commits[number] as number;
    const name = names[path] ?? "";
    if (path !== -1 && there[path] === 0) there[path] = inHead(name) ? 1 : 2;
    return {
      kind: "blob",
      id: ids.hex(number),
      path: name,
      link: (bits & LINK) !== 0,
      ...(ordinal < 0 ? {} : { commit: commitFacts(ids.hex(numbers[ordinal] as number), facts[ordinal]?.()) }),
      unreachable: (bits & UNREACHABLE) !== 0,
      deleted: path === -1 || there[path] !== 1,
      current: (bits & IN_HEAD) !== 0,
    };
  };
}

function commitFacts(id: string, facts: Omit<CommitFacts, "id"> | undefined): CommitFacts {
  return { id, author: facts?.author ?? "", email: facts?.email ?? "", subject: facts?.subject ?? "", ...facts };
}

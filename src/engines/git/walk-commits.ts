import { Problem } from "../../core/problem.ts";
import { type LazyFacts, parseCommit, parseTag } from "./commit.ts";
import { BLOB, TAG, TREE } from "./entry.ts";
import type { MissingObjects } from "./missing-objects.ts";
import type { HistoryMessage } from "./model.ts";
import type { Repository } from "./repository.ts";

/** Commits by ordinal, in the order in which they were met: columns, so that a million fit. */
export interface Commits {
  /** Object numbers. */
  readonly numbers: number[];
  /** The number of its tree, or -1 where that is missing. */
  readonly trees: number[];
  /** Parents of the nth, as object numbers: `parents[parentsAt[n]]` up to `parentsAt[n + 1]`. */
  readonly parents: number[];
  readonly parentsAt: number[];
  readonly committed: number[];
  readonly facts: LazyFacts[];
  /** Object number → ordinal, or -1. */
  readonly ordinals: Int32Array;
  /** Trees and blobs that a ref or tag names itself. */
  readonly others: number[];
}

export function noCommits(objects: number): Commits {
  return {
    numbers: [],
    trees: [],
    parents: [],
    parentsAt: [0],
    committed: [],
    facts: [],
    ordinals: new Int32Array(objects).fill(-1),
    others: [],
  };
}

/**
 * Reads every commit that the tips lead to and that was not met before, adds it to `commits`, and tells what commits
 * and tags say.
 *
 * @param tips - object numbers, of commits, tags, trees or blobs
 */
export function* walkCommits(
  { objects, stored: { ids }, idBytes, gaps, facts: { shallow } }: Repository,
  commits: Commits,
  tips: readonly number[],
  unreachable: boolean,
  missing: MissingObjects,
): Generator<HistoryMessage, void> {
  const { ordinals } = commits;
  const cut = new Set(shallow);
  const waiting = [...tips].reverse();
  const tags = new Set<number>();
  const others = new Set(commits.others);
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (ordinals[number] !== -1 || tags.has(number) || others.has(number)) continue;
    try {
      const type = objects.typeOf(number);
      if (type === TREE || type === BLOB) {
        others.add(number);
        commits.others.push(number);
        continue;
      }
      const { bytes } = objects.read(number, "once");
      const id = ids.hex(number);
      if (type === TAG) {
        tags.add(number);
        const tag = parseTag(bytes, idBytes);
        if (tag === undefined) throw broken(id, "tag");
        const { facts, message } = tag;
        yield messageOf("tag", id, message, facts, unreachable);
        const object = ids.find(tag.object, 0);
        if (object === -1) missing.note(tag.object, 0);
        else waiting.push(object);
        continue;
      }
      const commit = parseCommit(bytes, idBytes);
      if (commit === undefined) throw broken(id, "commit");
      ordinals[number] = commits.numbers.length;
      commits.numbers.push(number);
      const tree = ids.find(commit.tree, 0);
      if (tree === -1) missing.note(commit.tree, 0);
      commits.trees.push(tree);
      if (!cut.has(id)) {
        for (const parent of commit.parents) {
          const parentNumber = ids.find(parent, 0);
          if (parentNumber === -1) missing.note(parent, 0);
          else {
            commits.parents.push(parentNumber);
            waiting.push(parentNumber);
          }
        }
      }
      commits.parentsAt.push(commits.parents.length);
      commits.committed.push(commit.committed);
      commits.facts.push(commit.facts);
      yield messageOf("commit", id, commit.message, commit.facts, unreachable);
    } catch (error) {
      gaps.caught(error);
    }
  }
}

function messageOf(
  of: HistoryMessage["of"],
  id: string,
  bytes: Buffer,
  facts: LazyFacts,
  unreachable: boolean,
): HistoryMessage {
  return {
    kind: "message",
    of,
    id,
    bytes,
    get commit() {
      return { id, ...facts() };
    },
    unreachable,
  };
}

function broken(id: string, what: string): Problem {
  return new Problem({
    kind: "input",
    code: "git.object-broken",
    place: `object ${id}`,
    cause: `not a whole ${what}`,
  });
}

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
      if (type === TAG) {
        tags.add(number);
        const tag = parseTag(bytes, idBytes);
        if (tag === undefined) throw broken(ids.hex(number), "tag");
        const { facts, message } = tag;
        yield new Message({ of: "tag", bytes: message, unreachable }, () => ids.hex(number), facts);
        const object = ids.find(tag.object, 0);
        if (object === -1) missing.note(tag.object, 0);
        else waiting.push(object);
        continue;
      }
      const commit = parseCommit(bytes, idBytes);
      if (commit === undefined) throw broken(ids.hex(number), "commit");
      ordinals[number] = commits.numbers.length;
      commits.numbers.push(number);
      const tree = ids.find(commit.tree, 0);
      if (tree === -1) missing.note(commit.tree, 0);
      commits.trees.push(tree);
      if (cut.size === 0 || !cut.has(ids.hex(number))) {
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
      yield new Message({ of: "commit", bytes: commit.message, unreachable }, () => ids.hex(number), commit.facts);
    } catch (error) {
      gaps.caught(error);
    }
  }
}

/** Of most only the bytes are asked for. A class, for an object with an accessor of its own takes V8 as long as to read a commit. */
class Message implements HistoryMessage {
  readonly kind = "message";
  readonly of: HistoryMessage["of"];
  readonly bytes: Buffer;
  readonly unreachable: boolean;
  readonly #id: () => string;
  readonly #facts: LazyFacts;

  constructor(
    { of, bytes, unreachable }: Pick<HistoryMessage, "of" | "bytes" | "unreachable">,
    id: () => string,
    facts: LazyFacts,
  ) {
    this.of = of;
    this.bytes = bytes;
    this.unreachable = unreachable;
    this.#id = id;
    this.#facts = facts;
  }

  get id(): string {
    return this.#id();
  }

  get commit(): HistoryMessage["commit"] {
    return { id: this.id, ...this.#facts() };
  }
}

function broken(id: string, what: string): Problem {
  return new Problem({
    kind: "input",
    code: "git.object-broken",
    place: `object ${id}`,
    cause: `not a whole ${what}`,
  });
}

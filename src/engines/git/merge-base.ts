/** The commit from which two revisions grew (git-merge-base(1)). */
import { parseCommit } from "./commit.ts";
import { COMMIT } from "./entry.ts";
import { type FoundObject, peeled, type Reading } from "./revision.ts";

/** Commits looked at on the way; who is further away than that compares with something else anyway. */
const MOST_COMMITS = 200_000;

const LEFT = 1;
const RIGHT = 2;

interface Waiting {
  readonly id: string;
  readonly committed: number;
  readonly parents: readonly string[];
}

/**
 * The newest commit that both have among their ancestors, themselves included, going by the time of commits as git does.
 *
 * @returns undefined where they have none in common, the repository lacks the way to it, or it is over the bound
 */
export function mergeBase(left: FoundObject, right: FoundObject, reading: Reading): string | undefined {
  const marks = new Map<string, number>();
  const queue: Waiting[] = [];
  const enter = (id: string, mark: number): void => {
    const before = marks.get(id) ?? 0;
    if ((before | mark) === before) return;
    marks.set(id, before | mark);
    const commit = read(id, reading);
    if (commit !== undefined) insert(queue, commit);
  };
  for (const [found, mark] of [
    [left, LEFT],
    [right, RIGHT],
  ] as const) {
    enter(peeled(found, found.id, reading).id, mark);
  }
  for (let looked = 0; looked < MOST_COMMITS; looked++) {
    const commit = queue.pop();
    if (commit === undefined) return undefined;
    const mark = marks.get(commit.id) ?? 0;
    if (mark === (LEFT | RIGHT)) return commit.id;
    for (const parent of commit.parents) enter(parent, mark);
  }
  return undefined;
}

function read(id: string, { lookup, idBytes, shallow }: Reading): Waiting | undefined {
  const object = lookup.read(id);
  const commit = object?.type === COMMIT ? parseCommit(object.bytes, idBytes) : undefined;
  if (commit === undefined) return undefined;
  const parents = shallow.includes(id) ? [] : commit.parents.map((parent) => Buffer.from(parent).toString("hex"));
  return { id, committed: commit.committed, parents };
}

/** Oldest first: few wait at a time. */
function insert(queue: Waiting[], commit: Waiting): void {
  let [from, until] = [0, queue.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((queue[middle] as Waiting).committed <= commit.committed) from = middle + 1;
    else until = middle;
  }
  queue.splice(from, 0, commit);
}

import type { Ids } from "./ids.ts";
import type { Commits } from "./walk-commits.ts";

/**
 * Commits from the oldest: parents before children, and of those that could come next the one with the earliest
 * committer's date, then the lowest id.
 *
 * @param from - the ordinal to begin at: those below it are ordered already
 * @returns ordinals; `circle` says that some were among their own ancestors, as only broken stores have it
 */
export function oldestFirst(commits: Commits, from: number, ids: Ids): { order: Int32Array; circle: boolean } {
  const { numbers, parents, parentsAt, ordinals, committed } = commits;
  const count = numbers.length - from;
  const waitsFor = new Int32Array(count);
  const childrenAt = new Int32Array(count + 1);
  const eachEdge = (take: (parent: number, child: number) => void): void => {
    for (let child = 0; child < count; child++) {
      const end = parentsAt[from + child + 1] as number;
      for (let at = parentsAt[from + child] as number; at < end; at++) {
        const parent = (ordinals[parents[at] as number] as number) - from;
        // Parents that could not be read have no ordinal.
        if (parent >= 0) take(parent, child);
      }
    }
  };
  eachEdge((parent, child) => {
    waitsFor[child] = (waitsFor[child] as number) + 1;
    childrenAt[parent + 1] = (childrenAt[parent + 1] as number) + 1;
  });
  for (let n = 0; n < count; n++) childrenAt[n + 1] = (childrenAt[n + 1] as number) + (childrenAt[n] as number);
  const children = new Int32Array(childrenAt[count] as number);
  const filled = childrenAt.slice();
  eachEdge((parent, child) => {
    children[filled[parent] as number] = child;
    filled[parent] = (filled[parent] as number) + 1;
  });

  const before = (left: number, right: number): boolean => {
    const difference = (committed[from + left] as number) - (committed[from + right] as number);
    if (difference !== 0) return difference < 0;
    return ids.compare(numbers[from + left] as number, numbers[from + right] as number) < 0;
  };
  const ready = heap(before);
  for (let n = 0; n < count; n++) if (waitsFor[n] === 0) ready.push(n);
  const order = new Int32Array(count);
  let done = 0;
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order[done++] = from + next;
    for (let at = childrenAt[next] as number; at < (childrenAt[next + 1] as number); at++) {
      const child = children[at] as number;
      waitsFor[child] = (waitsFor[child] as number) - 1;
      if (waitsFor[child] === 0) ready.push(child);
    }
  }
  const circle = done < count;
  if (circle) for (let n = 0; n < count; n++) if ((waitsFor[n] as number) > 0) order[done++] = from + n;
  return { order, circle };
}

function heap(before: (left: number, right: number) => boolean): {
  push(item: number): void;
  pop(): number | undefined;
} {
  const items: number[] = [];
  return {
    push(item) {
      let at = items.length;
      items.push(item);
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (!before(item, items[above] as number)) break;
        items[at] = items[above] as number;
        at = above;
      }
      items[at] = item;
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      let at = 0;
      for (;;) {
        let below = at * 2 + 1;
        if (below >= items.length) break;
        if (below + 1 < items.length && before(items[below + 1] as number, items[below] as number)) below += 1;
        if (!before(items[below] as number, last)) break;
        items[at] = items[below] as number;
        at = below;
      }
      items[at] = last;
      return top;
    },
  };
}

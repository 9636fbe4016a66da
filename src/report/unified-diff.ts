/** What became of a text, as a patch: the unified format of POSIX diff -u, which `git apply` and `patch` read. */

const CONTEXT = 3;
/** Changed lines up to which the shortest way is looked for; over it, the whole middle is replaced. */
const DISTANCE = 500;

interface Step {
  readonly kind: " " | "-" | "+";
  /** With its line end, where it has one. */
  readonly line: string;
}

/**
 * Empty where nothing changed.
 *
 * @param path - relative to where the patch is applied
 * @param ofRepository - the path is from the root of a Git repository: `git apply` then finds it from any directory of it
 */
export function unifiedDiff(path: string, before: string, after: string, ofRepository = false): string {
  if (before === after) return "";
  const steps = stepsBetween(linesOf(before), linesOf(after));
  const [old, fresh] = [nameOf(`a/${path}`), nameOf(`b/${path}`)];
  const parts = [
    ...(ofRepository ? [`diff --git ${old.trimEnd()} ${fresh.trimEnd()}\n`] : []),
    `--- ${old}\n`,
    `+++ ${fresh}\n`,
  ];
  for (const [start, end] of hunksOf(steps)) parts.push(hunk(steps, start, end));
  return parts.join("");
}

function linesOf(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  return lines[0] === "" ? [] : lines;
}

/** As git writes names: quoted where they would not be read back, closed by a tab where they hold blanks. */
function nameOf(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is quoted
  if (/["\\\u0000-\u001f\u007f]/.test(path)) {
    const quoted = [...Buffer.from(path)].map((byte) =>
      byte < 0x20 || byte > 0x7e
        ? `\\${byte.toString(8).padStart(3, "0")}`
        : `${byte === 0x22 || byte === 0x5c ? "\\" : ""}${String.fromCharCode(byte)}`,
    );
    return `"${quoted.join("")}"`;
  }
  return path.includes(" ") ? `${path}\t` : path;
}

function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const shorter = Math.min(before.length, after.length);
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const same = (line: string): Step => ({ kind: " ", line });
  return [
    ...before.slice(0, start).map(same),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** Myers, "An O(ND) difference algorithm and its variations" (1986): the greedy search, each front kept for the way back. */
function shortest(before: readonly string[], after: readonly string[]): Step[] {
  const fronts: Map<number, number>[] = [];
  let front = new Map<number, number>([[1, 0]]);
  for (let distance = 0; distance <= Math.min(before.length + after.length, DISTANCE); distance++) {
    fronts.push(new Map(front));
    const next = new Map(front);
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = entryOf(front, diagonal, distance);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return wayBack(before, after, fronts);
    }
    front = next;
  }
  return [...before.map((line): Step => ({ kind: "-", line })), ...after.map((line): Step => ({ kind: "+", line }))];
}

/** A diagonal is entered from the one above, by an added line, or from the one below, by a removed one. */
function isAdded(front: ReadonlyMap<number, number>, diagonal: number, distance: number): boolean {
  if (Math.abs(diagonal) === distance) return diagonal === -distance;
  return (front.get(diagonal - 1) ?? -1) < (front.get(diagonal + 1) ?? -1);
}

/** How many lines of the text before are behind where a diagonal is entered. */
function entryOf(front: ReadonlyMap<number, number>, diagonal: number, distance: number): number {
  return isAdded(front, diagonal, distance) ? (front.get(diagonal + 1) ?? 0) : (front.get(diagonal - 1) ?? 0) + 1;
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  fronts: readonly ReadonlyMap<number, number>[],
): Step[] {
  const steps: Step[] = [];
  let x = before.length;
  let y = after.length;
  for (let distance = fronts.length - 1; distance >= 0; distance--) {
    const front = fronts[distance] as ReadonlyMap<number, number>;
    const diagonal = x - y;
    const entered = entryOf(front, diagonal, distance);
    while (x > entered) {
      x--;
      y--;
      steps.push({ kind: " ", line: before[x] as string });
    }
    if (distance === 0) break;
    if (isAdded(front, diagonal, distance)) {
      y--;
      steps.push({ kind: "+", line: after[y] as string });
    } else {
      x--;
      steps.push({ kind: "-", line: before[x] as string });
    }
  }
  return steps.reverse();
}

/** Stretches of steps that hold every change with its context, apart where there is more between them. */
function hunksOf(steps: readonly Step[]): [start: number, end: number][] {
  const hunks: [number, number][] = [];
  steps.forEach(({ kind }, index) => {
    if (kind === " ") return;
    const start = Math.max(0, index - CONTEXT);
    const end = Math.min(steps.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else hunks.push([start, end]);
  });
  return hunks;
}

function hunk(steps: readonly Step[], start: number, end: number): string {
  const until = steps.slice(0, start);
  const shown = steps.slice(start, end);
  const range = (other: "-" | "+"): string => {
    const count = shown.filter(({ kind }) => kind !== other).length;
    const skipped = until.filter(({ kind }) => kind !== other).length;
    // POSIX: an empty range names the line before it.
    return `${count === 0 ? skipped : skipped + 1}${count === 1 ? "" : `,${count}`}`;
  };
  const lines = shown.map(({ kind, line }) =>
    line.endsWith("\n") ? kind + line : `${kind}${line}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}

/** The known word that a misspelt one stands for. */

/**
 * The known word that the fewest changes lead to (optimal string alignment: a character added, removed, replaced, or two
 * neighbors swapped; case counts for nothing), where these are few: at most two, or a quarter of what is written.
 * Of several the first. Where no word is so near, the only one that begins with what is written.
 */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase();
  // Of a long text nobody can have mistyped all: what is looked at stays small, whatever was written.
  if (wanted === "" || wanted.length > LONGEST) return undefined;
  const most = Math.min(Math.max(Math.min(2, wanted.length - 1), Math.floor(wanted.length / 4)), 6);
  let best: string | undefined;
  let least = most + 1;
  const beginning: string[] = [];
  for (const word of known) {
    if (word.length > wanted.length && word.toLowerCase().startsWith(wanted)) beginning.push(word);
    if (Math.abs(word.length - wanted.length) >= least) continue;
    const changes = changesBetween(wanted, word.toLowerCase());
    if (changes >= least) continue;
    best = word;
    least = changes;
  }
  return best ?? (beginning.length === 1 ? beginning[0] : undefined);
}

const LONGEST = 100;

/** `did you mean high?`, or all that there are where nothing is near. */
export function meant(written: string, known: readonly string[]): string {
  const near = nearest(written, known);
  return near === undefined ? `one of ${known.join(", ")}` : `did you mean ${near}? One of ${known.join(", ")}`;
}

/** Damerau and Levenshtein's distance, where no part is changed twice. */
function changesBetween(one: string, other: string): number {
  let last: number[] = [];
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 0; row < one.length; row++) {
    const here = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const replaced = (before[column] as number) + (other[column] === one[row] ? 0 : 1);
      let least = Math.min(replaced, (here[column] as number) + 1, (before[column + 1] as number) + 1);
      const swapped = row > 0 && column > 0 && one[row] === other[column - 1] && one[row - 1] === other[column];
      if (swapped) least = Math.min(least, (last[column - 1] as number) + 1);
      here.push(least);
    }
    last = before;
    before = here;
  }
  return before[other.length] as number;
}

import { meant } from "../core/nearest.ts";
import { usageProblem } from "../core/problem.ts";

/**
 * The known word that is written.
 *
 * @param place - as it stands on the command line: `--format tabel`
 * @param what - what kind of word it is: `format`
 * @throws Problem (usage) that says which one was meant, and names all
 */
export function knownWord<Word extends string>(
  written: string,
  known: readonly Word[],
  { place, what }: { readonly place: string; readonly what: string },
): Word {
  const word = known.find((each) => each === written);
  if (word === undefined) throw usageProblem(place, `unknown ${what}`, meant(written, known));
  return word;
}

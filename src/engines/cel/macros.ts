/** Which calls are macros (langdef.md, "Macros"; cel-go's ext/comprehensions.go and cel/library.go for the extensions). */
import type { LoopMacro, SyntaxOptions } from "./syntax.ts";

interface Macro {
  readonly macro: LoopMacro;
  readonly variables: 1 | 2;
}

interface Form extends Macro {
  /** Arguments with the names. */
  readonly counts: readonly number[];
  /** Read only with that option. */
  readonly needs?: keyof SyntaxOptions;
}

const one = (macro: LoopMacro, counts: readonly number[], needs?: keyof SyntaxOptions): Form => ({
  ...{ macro, variables: 1, counts },
  ...(needs === undefined ? {} : { needs }),
});

const two = (macro: LoopMacro, counts: readonly number[]): Form => ({
  ...{ macro, variables: 2, counts, needs: "twoVariables" },
});

const forms: readonly Form[] = [
  ...(["all", "exists", "exists_one", "existsOne", "filter"] as const).map((macro) => one(macro, [2])),
  one("map", [2, 3]),
  ...(["all", "exists", "exists_one", "existsOne"] as const).map((macro) => two(macro, [3])),
  ...(["transformList", "transformMap", "transformMapEntry"] as const).map((macro) => two(macro, [3, 4])),
  one("optMap", [2], "optionals"),
  one("optFlatMap", [2], "optionals"),
  one("sortBy", [2], "sortBy"),
];

/** Undefined: the call is a function's. */
export function macroOf(name: string, count: number, options: SyntaxOptions): Macro | undefined {
  return forms.find(
    ({ macro, counts, needs }) =>
      macro === name && counts.includes(count) && (needs === undefined || options[needs] === true),
  );
}

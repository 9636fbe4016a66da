/** Options and operands of commands, as their words stand. */

/** `--name value`, `--name=value`; of a short one `-n value`. */
export function optionOf(words: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[at + 1] ?? "";
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
}

/** It is there, and not said to be off. */
export function hasFlag(words: readonly string[], ...names: readonly string[]): boolean {
  return words.some((word) =>
    names.some((name) => word === name || (word.startsWith(`${name}=`) && !/=(?:false|0)$/.test(word))),
  );
}

/** Words that are neither options nor, so far as their names tell, values of options. */
export function operandsOf(words: readonly string[], withValue: ReadonlySet<string>): string[] {
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") operands.push(word);
    else if (withValue.has(word)) at++;
  }
  return operands;
}

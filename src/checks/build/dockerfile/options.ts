/** What a command's arguments say: options apart from operands. */
import type { ShellCommand, ShellWord } from "../../../engines/dockerfile/model.ts";

/**
 * Whether one of the options is given: `hasOption(command, "-y", "--yes")`. Short ones are also found in a cluster
 * (`-qy`), long ones with a value behind `=`.
 */
export function hasOption(command: ShellCommand, ...names: readonly string[]): boolean {
  return optionWord(command, ...names) !== undefined;
}

/** The word that gives the option. */
export function optionWord({ arguments: words }: ShellCommand, ...names: readonly string[]): ShellWord | undefined {
  return words.find(({ text }) =>
    names.some(
      (name) =>
        text === name ||
        (name.startsWith("--")
          ? text.startsWith(`${name}=`)
          : /^-[A-Za-z]{2,}$/.test(text) && text.includes(name.slice(1))),
    ),
  );
}

/**
 * Words that are no options, in order; what follows `--` is one whatever it looks like.
 *
 * @param valued - options that take the next word as their value: `-t`, `--target`
 */
export function operandsOf({ arguments: words }: ShellCommand, valued: readonly string[] = []): ShellWord[] {
  const operands: ShellWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as ShellWord;
    if (word.text === "--") return [...operands, ...words.slice(at + 1)];
    if (!word.text.startsWith("-") || word.text === "-") operands.push(word);
    else if (valued.includes(word.text)) at++;
  }
  return operands;
}

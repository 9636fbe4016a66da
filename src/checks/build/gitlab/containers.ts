/** Containers that a script starts: `docker run` and its like, with what they are given. */
import type { ShellCommand, ShellWord } from "../../../engines/pipelines/model.ts";

const CLIENTS: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl"]);

/** Words of the options of `docker run` or `docker create`; undefined of another command. */
export function runOptions({ program = "", arguments: words }: ShellCommand): readonly ShellWord[] | undefined {
  if (!CLIENTS.has(program)) return undefined;
  const at = words.findIndex(({ text }) => text === "run" || text === "create");
  const before = words.slice(0, Math.max(at, 0)).filter(({ text }) => !text.startsWith("-"));
  if (at < 0 || before.some(({ text }) => text !== "container")) return undefined;
  return words.slice(at + 1);
}

export interface GivenOption {
  readonly word: ShellWord;
  /** Empty where it has none. */
  readonly value: string;
}

/** Each of an option, with its value behind `=` or in the next word. */
export function given(words: readonly ShellWord[], ...names: readonly string[]): GivenOption[] {
  return words.flatMap((word, at): GivenOption[] => {
    const name = names.find((each) => word.text === each || word.text.startsWith(`${each}=`));
    if (name === undefined) return [];
    const value = word.text === name ? (words[at + 1]?.text ?? "") : word.text.slice(name.length + 1);
    return [{ word, value }];
  });
}

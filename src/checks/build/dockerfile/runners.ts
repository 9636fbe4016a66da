/** Commands whose output another one runs. */
import type { ShellCommand } from "../../../engines/dockerfile/model.ts";
import { operandsOf } from "./options.ts";

export const downloaders: ReadonlySet<string> = new Set([
  "curl",
  "wget",
  "fetch",
  "aria2c",
  "http",
  "https",
  "lwp-download",
]);
export const shells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "ksh", "zsh", "fish", "pwsh"]);
export const interpreters = /^(?:python[0-9.]*|perl|ruby|node|nodejs|php|lua|deno|bun)$/;

/** Whether what comes in is run: `bash`, `sh -s -- x`, `python3 -`, and not `python3 -m json.tool`. */
function runsItsInput(command: ShellCommand): boolean {
  const { program = "" } = command;
  const words = command.arguments.map(({ text }) => text);
  if (shells.has(program)) {
    if (words.some((word) => /^-[a-z]*c$/.test(word))) return false;
    const [first] = operandsOf(command, ["-o", "-O", "--rcfile", "--init-file"]);
    return (
      words.some((word) => /^-[a-z]*s$/.test(word)) || first === undefined || first.text === "-" || isStdin(first.text)
    );
  }
  if (!interpreters.test(program)) return false;
  if (words.some((word) => /^-[a-zA-Z]*[cemrp]$/.test(word) || word.startsWith("--eval"))) return false;
  const [first] = operandsOf(command);
  return first === undefined || first.text === "-" || isStdin(first.text);
}

function isStdin(path: string): boolean {
  return path === "/dev/stdin" || path === "/proc/self/fd/0";
}

/** The commands whose output it runs as its script: `bash <(…)`, `sh -c "$(…)"`, `eval "$(…)"`. */
function* scriptsOf({ program = "", arguments: words }: ShellCommand): Generator<number> {
  const sourced = program === "." || program === "source";
  const runs = shells.has(program) || interpreters.test(program);
  if (!sourced && !runs && program !== "eval") return;
  const takesText = program === "eval" || sourced || words.some(({ text }) => /^-[a-z]*[ce]$/.test(text));
  for (const { expansions } of words) {
    for (const { kind, commands } of expansions) {
      if ((kind === "process" && program !== "eval") || (kind === "command" && takesText)) yield* commands;
    }
  }
}

/** For each command of an instruction, by its index, the one that runs what it writes, over any filters between. */
export function runnersOf(commands: readonly ShellCommand[]): ReadonlyMap<number, ShellCommand> {
  const runners = new Map<number, ShellCommand>();
  for (const command of commands) {
    for (const index of scriptsOf(command)) if (!runners.has(index)) runners.set(index, command);
  }
  // A reader stands behind its writers, so from the end on it is known what becomes of its own output. All writers of
  // a group share their list of readers, which is looked through once.
  const ofReaders = new Map<readonly number[], ShellCommand | undefined>();
  for (const { index, pipedInto } of commands.toReversed()) {
    if (!ofReaders.has(pipedInto)) {
      const readers = pipedInto.flatMap((reader) => commands[reader] ?? []);
      const further = () => readers.flatMap((reader) => runners.get(reader.index) ?? [])[0];
      ofReaders.set(pipedInto, readers.find(runsItsInput) ?? further());
    }
    const runner = ofReaders.get(pipedInto);
    if (runner !== undefined) runners.set(index, runner);
  }
  return runners;
}

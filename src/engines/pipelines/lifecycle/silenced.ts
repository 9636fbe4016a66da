/** Commands whose exit code nothing sees. */
import { greatest } from "../../../core/extremes.ts";
import type { ShellCommand } from "../../dockerfile/model.ts";
import { afterSet, LOST_BEHIND, LOST_IN_PIPE, type ScriptOptions } from "../script-options.ts";

/**
 * Why what follows a command makes a success of its failure; undefined where nothing does.
 *
 * @param commands - of its script
 * @param initial - of the shell that reads it; undefined: the script looks at exit codes itself, and does with them what it likes
 */
export function silencedBy(
  command: ShellCommand,
  commands: readonly ShellCommand[],
  initial: ScriptOptions | undefined,
): string | undefined {
  return thrownAway(command, commands) ?? lost(command, commands, initial);
}

function lost(
  command: ShellCommand,
  commands: readonly ShellCommand[],
  initial: ScriptOptions | undefined,
): string | undefined {
  let options = initial;
  if (options === undefined) return undefined;
  if (options.errexit && options.pipefail && commands.every(({ program }) => program !== "set")) return undefined;
  for (const each of commands) {
    if (each.index >= command.index || each.program !== "set") continue;
    options = afterSet(
      options,
      each.arguments.map(({ text }) => text),
    );
  }
  if (command.pipedInto.length > 0 && !options.pipefail) return LOST_IN_PIPE;
  const last = greatest(command.pipedInto, command.index);
  const goesOn = commands.some(
    ({ index, within, after }) => index > last && within.length <= command.within.length && /^[;&]?$/.test(after),
  );
  return !options.errexit && goesOn ? LOST_BEHIND : undefined;
}

function thrownAway({ index, within, pipedInto }: ShellCommand, commands: readonly ShellCommand[]): string | undefined {
  const last = greatest(pipedInto, index);
  const next = commands.find(
    (other) => other.index > last && other.within.length <= within.length && other.after !== "|",
  );
  if (next?.after !== "||") return undefined;
  const { program, arguments: words } = next;
  const succeeds =
    program === "true" || program === ":" || program === "echo" || (program === "exit" && words[0]?.text === "0");
  return succeeds ? `its exit code is thrown away (|| ${program})` : undefined;
}

/** Commands whose exit code nothing sees. */
import { greatest } from "../../../core/extremes.ts";
import type { ShellCommand } from "../../dockerfile/model.ts";

/** Why what follows a command makes a success of its failure; undefined where nothing does. @param commands - of its script */
export function silencedBy(
  { index, within, pipedInto }: ShellCommand,
  commands: readonly ShellCommand[],
): string | undefined {
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

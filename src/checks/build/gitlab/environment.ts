import type { ShellCommand } from "../../../engines/pipelines/model.ts";

/** Whether the command prints every variable: `env`, `printenv`, `export -p`, and `set` alone. */
export function dumpsEnvironment({ program, arguments: words, wrappers, assignments }: ShellCommand): boolean {
  if (wrappers.length > 0 && program !== "env") return false;
  switch (program) {
    case "env":
    case "printenv":
      return words.every(({ text }) => text === "-0" || text === "--null");
    case "set":
      return words.length === 0 && assignments.length === 0;
    case "export":
    case "declare":
      return words.length === 1 && /^-x?p$/.test(words[0]?.text ?? "");
    default:
      return false;
  }
}

import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { shells } from "./dockerfile/runners.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, wordsOf } from "./gitlab/parts.ts";

/** Whether it turns tracing on or off; undefined where it does neither. */
function tracing(command: ShellCommand): boolean | undefined {
  const words = wordsOf(command);
  if (shells.has(command.program ?? ""))
    return words.some((word) => /^-[a-z]+$/.test(word) && word.includes("x")) ? true : undefined;
  if (command.program !== "set") return undefined;
  let on: boolean | undefined;
  for (const [at, word] of words.entries()) {
    if ((word === "-o" || word === "+o") && words[at + 1] === "xtrace") on = word === "-o";
    else if (/^[-+][a-zA-Z]+$/.test(word) && word.includes("x")) on = word.startsWith("-");
  }
  return on;
}

/** Shells that print each command with its values. */
export const gitlabShellTrace = gitlabCheck({
  name: "gitlab-shell-trace",
  title: "Commands traced into job logs",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `set -x`, `set -o xtrace` and `bash -x`. Not reported: where the same line turns it off again. Severity: low.",
    why: "Every command is in the log with its variables filled in: a token in a header or an address is shown, whatever is masked of it.",
    fix: "Write `set -euo pipefail`, or turn tracing off around commands with secrets: `set +x`.",
    references: ["https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, commands, job } = one;
      const own = tracing(command);
      if (own !== true || commands.slice(command.index + 1).some((later) => tracing(later) === false)) continue;
      yield {
        subject: `tracing in ${job ?? "default"}`,
        title: "set -x prints every command with its values into the job log",
        place: commandPlace(one),
        job,
        fix: "take the x out: set -euo pipefail",
      };
    }
  },
});

import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn, scriptsOf } from "./gitlab/parts.ts";

/** Scripts that go on after a failure on the left of a pipe. */
export const gitlabPipefailMissing = gitlabCheck({
  name: "gitlab-pipefail-missing",
  title: "Pipes of jobs whose failures are lost",
  severity: "negligible",
  scripts: true,
  documentation: {
    what: "Checks each job of a GitLab pipeline for a pipe where no line sets `pipefail`. Severity: negligible: GitLab's runner sets it for bash where its flag FF_ENABLE_BASH_EXIT_CODE_CHECK or the shell has it, and not for sh.",
    why: "Only the last command of a pipe counts: a download, a scan or a test that fails on its left leaves the job green.",
    fix: "Begin the script with `set -o pipefail`.",
    references: ["https://docs.gitlab.com/runner/shells/"],
  },
  *detect(pipeline) {
    const seen = new Set<ShellCommand>();
    for (const { script, job } of scriptsOf(pipeline)) {
      if (script.some(({ text }) => /\bpipefail\b/.test(text.value))) continue;
      const piped = script
        .flatMap((line) => line.commands.map((command) => ({ command, line })))
        .find(({ command }) => command.pipedInto.length > 0);
      if (piped === undefined || job === undefined || seen.has(piped.command)) continue;
      seen.add(piped.command);
      yield {
        subject: "pipes without pipefail",
        title: "what fails on the left of a pipe is not seen",
        place: placeIn(piped.line, piped.command.programWord?.range ?? piped.command.range),
        job,
        fix: "begin the script with set -o pipefail",
      };
    }
  },
});

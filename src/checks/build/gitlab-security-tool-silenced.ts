import { greatest } from "../../core/extremes.ts";
import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf } from "./gitlab/parts.ts";
import { scannerOf } from "./gitlab/scanners.ts";

/** What stands behind its `||` succeeds. */
function isSilenced({ index, within, pipedInto }: ShellCommand, commands: readonly ShellCommand[]): boolean {
  const last = greatest(pipedInto, index);
  const next = commands.find(
    (other) => other.index > last && other.within.length <= within.length && other.after !== "|",
  );
  if (next?.after !== "||") return false;
  const { program, arguments: words } = next;
  return program === "true" || program === ":" || program === "echo" || (program === "exit" && words[0]?.text === "0");
}

/** Scans in scripts whose exit code nothing sees. */
export const gitlabSecurityToolSilenced = gitlabCheck({
  name: "gitlab-security-tool-silenced",
  title: "Scanners whose result is thrown away",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for scanners (`trivy`, `grype`, `snyk`, `npm audit`, `semgrep`, `gitleaks` and their like) behind which `|| true`, `|| exit 0` or `|| echo` stands. Severity: medium.",
    why: "Whatever the scan finds, the job is green.",
    fix: "Let the command fail. Where a finding is accepted, except it in the scanner.",
    references: ["https://docs.gitlab.com/ci/yaml/#allow_failure"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, commands, job } = one;
      const tool = scannerOf(command);
      if (tool === undefined || !isSilenced(command, commands)) continue;
      yield {
        subject: tool,
        title: `the result of ${tool} is thrown away`,
        place: commandPlace(one),
        job,
        fix: "let the command fail, and except single findings in the scanner",
      };
    }
  },
});

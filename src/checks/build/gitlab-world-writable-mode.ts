import { letsAllWrite } from "./dockerfile/modes.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Files that every user of the machine may write. */
export const gitlabWorldWritableMode = gitlabCheck({
  name: "gitlab-world-writable-mode",
  title: "World-writable modes set by jobs",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks `chmod` in scripts of a GitLab pipeline for modes that let others write. Severity: low.",
    why: "On a runner that others use, any process can change a file between its making and its use.",
    fix: "Use 755 or 644, or `chmod +x`.",
    references: ["https://docs.gitlab.com/runner/security/"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      if (command.program !== "chmod") continue;
      const [mode] = operandsOf(command, ["--reference"]);
      if (mode === undefined || !letsAllWrite(mode.text)) continue;
      yield {
        subject: `chmod ${mode.text}`,
        title: `chmod ${mode.text} lets everyone write`,
        place: placeIn(line, mode.range),
        job,
        fix: "use mode 755 or 644",
      };
    }
  },
});

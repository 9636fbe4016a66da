import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Jobs that become root. */
export const gitlabSudo = gitlabCheck({
  name: "gitlab-sudo",
  title: "sudo in job scripts",
  severity: "negligible",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `sudo`. Severity: negligible: in a container it changes little, on a runner of type shell much.",
    why: "On a runner that runs jobs as programs of its own machine, `sudo` is the machine.",
    fix: "Use an image that has the tools.",
    references: ["https://docs.gitlab.com/runner/security/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      const word = command.words.find(({ text }) => text === "sudo");
      if (word === undefined || !(command.wrappers.includes("sudo") || command.program === "sudo")) continue;
      yield {
        subject: "sudo",
        title: "the job runs commands by sudo",
        place: placeIn(line, word.range),
        job,
        fix: "use an image that has the tools",
      };
    }
  },
});

import { dumpsEnvironment } from "./gitlab/environment.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf } from "./gitlab/parts.ts";

/** Commands that print every variable of a job. */
export const gitlabEnvironmentDump = gitlabCheck({
  name: "gitlab-environment-dump",
  title: "Environments printed into job logs",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `env`, `printenv`, `export -p`, `set` and `declare -p` without arguments that print into the job log. Not reported: what goes into a file or to another command that picks some of it, such as `grep`. Severity: medium.",
    why: "Every variable of the job is in the log then. Masking covers exact values alone: parts, encodings and variables that are not masked are shown to everyone who may see the job.",
    fix: "Print the variables that are needed, by name.",
    references: ["https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, commands, job } = one;
      if (!dumpsEnvironment(command) || command.redirections.some(({ operator }) => operator.startsWith(">"))) continue;
      const into = command.pipedInto.map((index) => commands[index]?.program ?? "");
      if (into.length > 0 && !into.every((program) => /^(?:sort|cat|tee|less|more|nl|column)$/.test(program))) continue;
      if (command.within.includes("substitution")) continue;
      yield {
        subject: `${command.program} in ${job ?? "default"}`,
        title: `${command.program} prints all variables into the job log`,
        place: commandPlace(one),
        job,
        fix: "print the variables that are needed, by name",
      };
    }
  },
});

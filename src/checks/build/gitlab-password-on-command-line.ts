import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf } from "./gitlab/parts.ts";
import { passwordOf } from "./gitlab/passwords.ts";

/** Passwords that stand in the arguments of a command. */
export const gitlabPasswordOnCommandLine = gitlabCheck({
  name: "gitlab-password-on-command-line",
  title: "Passwords on command lines of jobs",
  severity: "medium",
  category: "secret",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `docker login -p` and its like with other clients, and for passwords that are written out as arguments of database clients, as `PGPASSWORD=` and their like, or into an address by `sed`. Severity: high where the password is written out, medium where a variable holds it.",
    why: "Every process of the machine can read the arguments of another, and tracing prints them. What is written out is in the repository, too.",
    fix: 'Hand it over on standard input: `echo "$PASSWORD" | docker login --username "$USER" --password-stdin`. Keep it as a masked variable.',
    references: [
      "https://docs.docker.com/reference/cli/docker/login/",
      "https://docs.gitlab.com/ci/variables/#cicd-variable-security",
    ],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const found = passwordOf(one.command);
      if (found === undefined) continue;
      const program = one.command.program ?? "the shell";
      yield {
        subject: `${program} ${found.option}`,
        title: found.literal
          ? `${program} is given a password that is written out (${found.option})`
          : `${program} is given a password on its command line (${found.option})`,
        place: commandPlace(one),
        job: one.job,
        severity: found.literal ? "high" : "medium",
        fix: "hand it over on standard input or by a masked variable",
        ...(found.literal ? { unrecorded: true as const } : {}),
      };
    }
  },
});

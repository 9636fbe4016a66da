import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, placeIn } from "./gitlab/parts.ts";

/** SSH connections of jobs to whoever answers. */
export const gitlabHostKeyUnverified = gitlabCheck({
  name: "gitlab-host-key-unverified",
  title: "SSH host keys taken unseen",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `ssh-keyscan`, and for `StrictHostKeyChecking no` given to ssh or written to its configuration. Severity: medium; low for `ssh-keyscan`.",
    why: "Whoever answers on the way gets the connection: what the job deploys, and with an agent its key.",
    fix: 'Keep the key of the host in a variable of the project: `echo "$SSH_KNOWN_HOSTS" >> ~/.ssh/known_hosts`.',
    references: ["https://docs.gitlab.com/ci/jobs/ssh_keys/#verifying-the-ssh-host-keys"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (command.program === "ssh-keyscan") {
        yield {
          subject: "ssh-keyscan",
          title: "ssh-keyscan trusts whichever key answers",
          place: commandPlace(one),
          job,
          severity: "low",
          fix: "keep the host's key in a variable and write that to known_hosts",
        };
      }
      const words = [...command.arguments, ...command.assignments.map(({ value }) => value)];
      const at = words.findIndex(({ text }) => /StrictHostKeyChecking/i.test(text));
      const word = words[at];
      if (word === undefined) continue;
      const said = `${word.text} ${words[at + 1]?.text ?? ""}`;
      if (!/StrictHostKeyChecking[=\s"']{1,8}(?:no|off)\b/i.test(said)) continue;
      yield {
        subject: "StrictHostKeyChecking",
        title: "StrictHostKeyChecking is off: any host is taken",
        place: placeIn(line, word.range),
        job,
        fix: "write the host's key to known_hosts, and leave StrictHostKeyChecking on",
      };
    }
  },
});

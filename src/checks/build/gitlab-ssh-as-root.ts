import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Jobs that are root on another machine. */
export const gitlabSshAsRoot = gitlabCheck({
  name: "gitlab-ssh-as-root",
  title: "SSH logins of jobs as root",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks `ssh`, `scp`, `rsync` and `sftp` in scripts of a GitLab pipeline for logins as root. Severity: medium.",
    why: "Who takes over the job, or a package that it installs, has the whole machine.",
    fix: "Give the deployment an account of its own with the rights that it needs.",
    references: ["https://docs.gitlab.com/ci/jobs/ssh_keys/"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      if (!/^(?:ssh|scp|rsync|sftp)$/.test(command.program ?? "")) continue;
      const word = command.arguments.find(
        ({ text }, at) =>
          /^(?:ssh:\/\/)?root@/.test(text) || (text === "root" && command.arguments[at - 1]?.text === "-l"),
      );
      if (word === undefined) continue;
      yield {
        subject: `${command.program} as root`,
        title: `${command.program} logs in as root`,
        place: placeIn(line, word.range),
        job,
        fix: "use an account with the rights that the deployment needs",
      };
    }
  },
});

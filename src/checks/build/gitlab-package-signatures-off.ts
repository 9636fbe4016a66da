import { unsignedSwitch } from "./dockerfile/unsigned-packages.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf } from "./gitlab/parts.ts";

/** Packages that jobs install though nobody signed them. */
export const gitlabPackageSignaturesOff = gitlabCheck({
  name: "gitlab-package-signatures-off",
  title: "Package signatures ignored by jobs",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `apt --allow-unauthenticated`, `[trusted=yes]`, `apk --allow-untrusted`, `dnf --nogpgcheck` and their like. Severity: medium.",
    why: "A mirror, or whoever sits on the way to it, decides what is installed and run in the job.",
    fix: "Import the key of the repository, and name it by `signed-by`.",
    references: ["https://manpages.debian.org/apt-secure.8"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const found = unsignedSwitch(one.command);
      if (found === undefined) continue;
      yield {
        subject: `${one.command.program ?? "shell"} ${found}`,
        title: `packages are installed though nobody signed them (${found})`,
        place: commandPlace(one),
        job: one.job,
        fix: "import the repository's key, and name it by signed-by",
      };
    }
  },
});

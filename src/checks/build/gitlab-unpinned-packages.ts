import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { unpinnedInstall, updateOf } from "./gitlab/packages.ts";
import { commandPlace, commandsOf, placeIn } from "./gitlab/parts.ts";

/** Packages of jobs that no version names. */
export const gitlabUnpinnedPackages = gitlabCheck({
  name: "gitlab-unpinned-packages",
  title: "Unpinned packages installed by jobs",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for packages that `pip`, `npm install -g`, `apt-get`, `apk`, `dnf`, `gem`, `cargo`, `go install` and `composer require` install without a version, and for updates to whatever is newest. Not reported: files of requirements, directories, and what a variable names. Severity: low.",
    why: "A new or taken-over release runs in the next job, with its token and secrets, and no change of the repository shows it.",
    fix: "Write versions: `pip install tool==1.2.3`. Better still, use an image that has the tools, pinned by digest.",
    references: ["https://slsa.dev/spec/v1.1/threats"],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      const update = updateOf(command);
      const found = update === undefined ? unpinnedInstall(command) : undefined;
      if (update === undefined && found === undefined) continue;
      const what = update ?? found?.what ?? "";
      yield {
        subject: what,
        title:
          update === undefined
            ? `${what} names no version of ${found?.packages.slice(0, 5).join(", ")}`
            : `${what} takes whatever is newest`,
        place: found === undefined ? commandPlace(one) : placeIn(line, found.word.range),
        job,
        fix: "write versions, or use an image that has the tools",
      };
    }
  },
});

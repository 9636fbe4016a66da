import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn } from "./gitlab/parts.ts";

/** Jobs that overwrite branches. */
export const gitlabForcePush = gitlabCheck({
  name: "gitlab-force-push",
  title: "Forced pushes by jobs",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks `git push` in scripts of a GitLab pipeline for `--force` and references that begin with `+`. Not reported: `--force-with-lease`. Severity: medium.",
    why: "A job that is taken over, or merely wrong, removes commits that others made, reviewed ones among them.",
    fix: "Push without force, or with `--force-with-lease` to a branch of its own; protect the branches that matter.",
    references: ["https://git-scm.com/docs/git-push#Documentation/git-push.txt---force"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      if (command.program !== "git" || !command.arguments.some(({ text }) => text === "push")) continue;
      const word = command.arguments.find(
        ({ text }) => text === "--force" || (/^-[a-z]+$/.test(text) && text.includes("f")) || /^\+[\w$]/.test(text),
      );
      if (word === undefined) continue;
      yield {
        subject: "git push --force",
        title: "the job overwrites a branch (git push --force)",
        place: placeIn(line, word.range),
        job,
        fix: "push without force",
      };
    }
  },
});

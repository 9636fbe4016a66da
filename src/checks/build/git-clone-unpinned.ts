import type { PlacedCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf, optionWord } from "./dockerfile/options.ts";

const branches = /^(?:main|master|trunk|develop|development|dev|devel|HEAD|next|nightly|latest)$/;
const valued = [
  ..."-b --branch --depth -o --origin -c --config -C --reference --shallow-since -j --jobs --revision".split(" "),
];

function picks({ command }: PlacedCommand): boolean {
  if (command.program !== "git") return false;
  const [verb, ...operands] = operandsOf(command, valued);
  if (
    verb === undefined ||
    !/^(?:checkout|reset|switch|fetch|pull|am|apply|worktree|submodule|verify-commit|verify-tag)$/.test(verb.text)
  ) {
    return false;
  }
  return operands.some(({ text }) => !branches.test(text));
}

/** Sources that are whatever the branch holds on the day of the build. */
export const gitCloneUnpinned = dockerfileCheck<"commands">({
  name: "git-clone-unpinned",
  title: "git clone without a tag or commit",
  severity: "medium",
  documentation: {
    what: "Checks for `git clone` in `RUN` that names neither a tag (`--branch v1.2`) nor a commit (`--revision`), or names a branch such as `main`, where no later `git checkout`, `reset` or `fetch` of the stage picks one.",
    why: "What is built is whatever the branch holds on that day: it cannot be built again, and a change that somebody slips in there is in the image at once.",
    fix: "Check out a commit: `git clone https://… x && git -c advice.detachedHead=false -C x checkout <commit>`, or `ADD https://…git#<commit> /x`.",
    references: [
      "https://git-scm.com/docs/git-clone",
      "https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository",
    ],
  },
  needs: { dockerfile: "partial", commands: "complete" },
  *detect({ commands }) {
    const lastPick = new Map<number | undefined, number>();
    for (const [at, placed] of commands.entries()) if (picks(placed)) lastPick.set(placed.instruction.stage, at);
    for (const [at, { command, instruction }] of commands.entries()) {
      if (command.program !== "git" || instruction.keyword !== "RUN") continue;
      const [verb, url] = operandsOf(command, valued);
      if (verb?.text !== "clone" || url === undefined || /^[./]/.test(url.text)) continue;
      const option = optionWord(command, "-b", "--branch", "--revision");
      const next = option === undefined ? undefined : command.arguments[command.arguments.indexOf(option) + 1]?.text;
      const picked = option?.text.includes("=") === true ? option.text.slice(option.text.indexOf("=") + 1) : next;
      if (picked !== undefined && !branches.test(picked)) continue;
      if ((lastPick.get(instruction.stage) ?? -1) > at) continue;
      const name = url.text
        .replace(/^[a-z+]+:\/\/(?:[^/@]*@)?/i, "")
        .replace(/^[^/@:]*@/, "")
        .replace(/\.git$/, "");
      yield {
        subject: `git clone ${name}${picked === undefined ? "" : ` at ${picked}`}`,
        title: `${name} is cloned ${picked === undefined ? "without a tag or commit" : `from the branch ${picked}`}`,
        range: verb.range,
        stage: instruction.stage,
        fix: "check out a commit: git checkout COMMIT",
      };
    }
  },
});

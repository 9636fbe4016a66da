import type { ShellCommand } from "../../engines/pipelines/model.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { placeIn, scriptsOf, wordsOf } from "./gitlab/parts.ts";

const VALUED: readonly string[] = [
  "-C",
  "-c",
  "-b",
  "--branch",
  "--depth",
  "-o",
  "--origin",
  "--git-dir",
  "--work-tree",
  "--config",
  "-j",
  "--jobs",
];

function verbOf(command: ShellCommand): string | undefined {
  return command.program === "git" ? operandsOf(command, ["-C", "-c", "--git-dir", "--work-tree"])[0]?.text : undefined;
}

/** A commit, or a variable that is one by its name. */
function isCommitWord(word: string): boolean {
  return /[0-9a-f]{40}/.test(word) || /\$\{?\w{0,64}(?:SHA|COMMIT|REVISION)\b\}?$/.test(word);
}

function branchOf(words: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    if (word === "-b" || word === "--branch") return words[at + 1];
    if (word.startsWith("--branch=")) return word.slice("--branch=".length);
  }
  return undefined;
}

/** Source of others that moves. */
export const gitlabUnpinnedGitCheckout = gitlabCheck({
  name: "gitlab-unpinned-git-checkout",
  title: "Repositories cloned at a branch",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks `git clone` and `git checkout` in scripts of a GitLab pipeline for a commit. Not reported: a clone behind which the job checks out a commit, new local branches, paths (`git checkout -- FILE`), and variables with a commit. Severity: low.",
    why: "The job builds or runs whatever the branch has at that moment, with its token and secrets.",
    fix: "Check out a commit behind the clone: `git checkout COMMIT`, 40 digits.",
    references: ["https://git-scm.com/docs/git-checkout"],
  },
  *detect(pipeline) {
    for (const { script, job } of scriptsOf(pipeline)) {
      const all = script.flatMap((line) => line.commands.map((command) => ({ command, line })));
      const pins = all.some(({ command }) => verbOf(command) === "checkout" && wordsOf(command).some(isCommitWord));
      for (const { command, line } of all) {
        const verb = verbOf(command);
        const words = wordsOf(command);
        const [, ...operands] = operandsOf(command, VALUED).map(({ text }) => text);
        const branch = branchOf(words);
        if (verb === "clone") {
          if (branch === undefined ? pins : isCommitWord(branch)) continue;
        } else if (verb === "checkout") {
          const isLocal = words.some((word) => /^(?:-b|-B|--orphan|--|-t|--track|-|\.)$/.test(word));
          if (isLocal || words.some(isCommitWord) || operands.length === 0) continue;
        } else continue;
        yield {
          subject: `git ${verb} ${verb === "clone" ? (operands[0] ?? "") : ""}`.trim(),
          title: `git ${verb} takes ${verb === "clone" ? (branch ?? "the default branch") : (operands[0] ?? "a branch")}, which moves`,
          place: placeIn(line, command.programWord?.range ?? command.range),
          job,
          fix: "check out a commit behind the clone: git checkout COMMIT",
        };
      }
    }
  },
});

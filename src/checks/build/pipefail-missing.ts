import type { CommandInstruction, Dockerfile, ShellCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { chainOf } from "./dockerfile/stages.ts";

/** Whose failure makes what they write short or empty, and no sign of it reaches the end of the pipe. */
const failing =
  /^(?:curl|wget|fetch|aria2c|gpg|gpg2|openssl|base64|tar|unzip|gunzip|zcat|xzcat|bzcat|zstdcat|git|make|npm|yarn|pnpm|npx|pip[0-9.]*|python[0-9.]*|node|go|cargo|mvn|gradle|php|composer|ruby|gem|bundle|java|mysqldump|pg_dump|kubectl|helm|aws|gcloud|az|apt-get|apt|apk|dnf|yum|nix|ssh|rsync|scp)$/;

/** The stage's shell, or one that it is built on, has the option. */
function shellHasIt(dockerfile: Dockerfile, { stage, range }: CommandInstruction): boolean {
  const last = stage === undefined ? undefined : dockerfile.stages[stage];
  if (last === undefined) return false;
  const shells = chainOf(dockerfile, last)
    .flatMap(({ instructions }) => instructions)
    .filter((one) => one.keyword === "SHELL" && one.range.start < range.start);
  const latest = shells.toSorted((a, b) => a.range.start - b.range.start).at(-1);
  return latest?.keyword === "SHELL" && latest.words.some(({ text }) => text.includes("pipefail"));
}

function setsIt({ words }: ShellCommand): boolean {
  return words.some(({ text }) => text === "pipefail");
}

/** Failures that a pipe swallows (POSIX, pipelines: the status is the last command's). */
export const pipefailMissing = dockerfileCheck<"commands">({
  name: "pipefail-missing",
  title: "Pipes without pipefail",
  severity: "low",
  documentation: {
    what: "Checks `RUN` for a command that can fail (a download, an unpacking, a build) at the left of a pipe, where neither `SHELL` nor `set -o pipefail` makes the failure count. Not reported: `echo`, `printf`, `grep` and their like at the left; what a substitution or `|| …` takes up.",
    why: "Only the last command's status counts. A download that breaks off half way goes on as if it were whole, and the image is built from it.",
    fix: 'Write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` before it, or begin the `RUN` with `set -o pipefail;` where the shell knows that (bash, and Alpine\'s ash).',
    references: ["https://docs.docker.com/build/building/best-practices/#using-pipes"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const reported = new Set<CommandInstruction>();
    for (const { command, instruction } of commands) {
      if (instruction.keyword !== "RUN" || reported.has(instruction)) continue;
      const { program } = command;
      const reader = command.pipedInto[0];
      if (reader === undefined || program === undefined || !failing.test(program)) continue;
      if (command.within.includes("substitution")) continue;
      if (command.pipedInto.some((index) => instruction.commands[index + 1]?.after === "||")) continue;
      if (instruction.commands.some(setsIt) || shellHasIt(dockerfile, instruction)) continue;
      // They fail where nothing comes.
      if (/^(?:grep|egrep|fgrep)$/.test(instruction.commands[reader]?.program ?? "")) continue;
      reported.add(instruction);
      const into = instruction.commands[reader]?.program ?? "a command";
      yield {
        subject: `${program} | ${into}`,
        title: `Failure of ${program} is ignored: pipe into ${into} without pipefail`,
        range: command.programWord?.range ?? command.range,
        stage: instruction.stage,
        fix: 'add SHELL ["/bin/bash", "-o", "pipefail", "-c"] before the RUN, or set -o pipefail in the RUN',
      };
    }
  },
});

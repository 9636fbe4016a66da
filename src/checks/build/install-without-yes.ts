import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { insertBehind } from "./dockerfile/edits.ts";
import { installsOf, type Manager } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

const answers: Partial<Record<Manager, readonly string[]>> = {
  apt: ["-y", "--yes", "--assume-yes", "--force-yes", "-s", "--dry-run", "--simulate", "--print-uris"],
  dnf: ["-y", "--assumeyes", "--assumeno"],
  zypper: ["-y", "-n", "--no-confirm", "--non-interactive", "--dry-run"],
};

const UNTRIED = { grade: "likely", reason: "it may install now what failed before, and nobody tried it" } as const;

/** Package managers that ask, where nobody answers (apt-get(8), dnf(8), zypper(8)). */
export const installWithoutYes = dockerfileCheck<"commands">({
  name: "install-without-yes",
  title: "Package installs that prompt for confirmation",
  severity: "low",
  documentation: {
    what: "Checks `RUN` for `apt-get install` without `-y` (or `-qq`, or `Assume-Yes` in its configuration), `dnf` and `yum install` without `-y`, and `zypper install` without `-y` or `--non-interactive`, where nothing is piped in.",
    why: "Where the package manager asks, nobody answers, and the build fails as soon as one more package is needed.",
    fix: "Add `-y`.",
    references: [
      "https://manpages.debian.org/apt-get.8",
      "https://dnf.readthedocs.io/en/latest/command_ref.html#options",
      "https://en.opensuse.org/SDB:Zypper_manual",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const configured = new Set(
      commands.flatMap(({ command, instruction }) =>
        command.words.some(({ text }) => /Assume-Yes|assumeyes/i.test(text)) ? [instruction.stage] : [],
      ),
    );
    for (const { command, instruction, verb, manager } of installsOf(commands, "apt", "dnf", "zypper")) {
      if (instruction.keyword !== "RUN" || command.pipedFrom.length > 0 || configured.has(instruction.stage)) continue;
      if (command.program === "tdnf" && hasOption(command, "--quiet")) continue;
      if (
        hasOption(command, ...(answers[manager] ?? [])) ||
        (manager === "apt" && isQuietTwice(command)) ||
        command.arguments.some(({ text, literal }) => !literal && /^\$/.test(text) && /opt|arg|flag|yes/i.test(text))
      )
        continue;
      yield {
        subject: `${command.program} install`,
        title: `${command.program} install prompts for confirmation`,
        range: command.range,
        stage: instruction.stage,
        fix: {
          text: "add -y",
          edits: [insertBehind(dockerfile, verb.range, " -y")],
          graded: manager === "apt" && command.runs === "always" ? undefined : UNTRIED,
        },
      };
    }
  },
});

/** `-qq`, `-q -q`, `-q=2`: level 2 answers yes (apt-get(8), `--quiet`). */
function isQuietTwice({ arguments: words }: ShellCommand): boolean {
  let level = 0;
  for (const { text } of words) {
    const stated = /^(?:-q|--quiet)=(\d+)$/.exec(text)?.[1];
    if (stated !== undefined) level = Number(stated);
    else if (text === "--quiet") level++;
    else if (/^-[A-Za-z]+$/.test(text)) level += text.split("q").length - 1;
  }
  return level >= 2;
}

import { dockerfileCheck } from "./dockerfile/lint-check.ts";

const useless = new Set(
  "vi vim nvim nano emacs less top htop free uptime ifconfig shutdown reboot halt poweroff systemd-analyze dmesg".split(
    " ",
  ),
);

/** Commands for a terminal or for a whole machine. */
export const uselessCommand = dockerfileCheck<"commands">({
  name: "useless-command",
  title: "Commands with no effect in a build",
  severity: "negligible",
  documentation: {
    what: "Checks `RUN` for editors and pagers, for commands that show the machine's state, and for ones that stop it: `vim`, `less`, `top`, `free`, `ifconfig`, `shutdown`, `reboot` and their like.",
    why: "There is neither a terminal nor a machine of its own. The command fails, waits, or shows what belongs to the build's machine.",
    fix: "Leave it out.",
    references: ["https://docs.docker.com/build/building/best-practices/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      const { program = "" } = command;
      if (instruction.keyword !== "RUN" || !useless.has(program) || command.pipedInto.length > 0) continue;
      if (
        command.within.includes("substitution") ||
        command.arguments.some(({ text }) => /^(?:--version|-V|-e[ss]?|-c|\+.*)$/.test(text))
      )
        continue;
      yield {
        subject: program,
        title: `${program} has no effect in a build`,
        range: command.range,
        stage: instruction.stage,
        fix: `remove ${program}`,
      };
    }
  },
});

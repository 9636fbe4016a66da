import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** A mask that lets others write whatever is made from then on (umask(2)). */
export const umaskOpen = dockerfileCheck<"commands">({
  name: "umask-open",
  title: "Permissive umask",
  severity: "medium",
  documentation: {
    what: "Checks for `umask` with a number whose last digit leaves others the right to write: `umask 000`, `umask 0`.",
    why: "Every file and directory that is made after it can be changed by any process in the container, also a program that root runs later.",
    fix: "Write `umask 022`, or `umask 002` where a group shares the files.",
    references: ["https://man7.org/linux/man-pages/man2/umask.2.html"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      const mask = command.program === "umask" ? command.arguments[0]?.text : undefined;
      if (mask === undefined || !/^[0-7]{1,4}$/.test(mask) || (Number.parseInt(mask, 8) & 0o002) !== 0) continue;
      yield {
        subject: `umask ${mask}`,
        title: `umask ${mask} makes new files world-writable`,
        range: command.range,
        stage: instruction.stage,
        fix: "set umask 022",
      };
    }
  },
});

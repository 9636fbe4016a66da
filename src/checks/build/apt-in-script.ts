import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

const OTHER = { grade: "likely", reason: "apt and apt-get part in small things, as in what they upgrade" } as const;

/** apt, which is made for people (apt(8)). */
export const aptInScript = dockerfileCheck<"commands">({
  name: "apt-in-script",
  title: "apt used instead of apt-get",
  severity: "low",
  documentation: {
    what: "Checks `RUN` for `apt` with a verb that `apt-get` has as well.",
    why: "apt's manual says that its commands may change between versions: it is for a terminal. A build that relies on it may break with the next base.",
    fix: "Write `apt-get`, or `apt-cache` for what only asks.",
    references: ["https://manpages.debian.org/apt.8"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction } of commands) {
      const { program, programWord } = command;
      if (program !== "apt" || programWord === undefined || instruction.keyword !== "RUN") continue;
      const verb = operandsOf(command, ["-o", "-c", "-t"])[0]?.text ?? "";
      if (
        !/^(?:install|update|upgrade|remove|purge|autoremove|clean|autoclean|full-upgrade|build-dep|download|source)$/.test(
          verb,
        )
      )
        continue;
      const same =
        programWord.text === "apt" &&
        !programWord.quoted &&
        verb !== "full-upgrade" &&
        instruction.form.kind === "shell";
      const text = "write apt-get";
      yield {
        subject: `apt ${verb}`,
        title: `apt ${verb} has no stable interface for scripts`,
        range: programWord.range,
        stage: instruction.stage,
        fix: same
          ? {
              text,
              edits: [replaceRange(dockerfile, programWord.range, "apt-get")],
              graded: verb === "install" || verb === "update" ? undefined : OTHER,
            }
          : text,
      };
    }
  },
});

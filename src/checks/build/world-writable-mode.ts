import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { letsAllWrite } from "./dockerfile/modes.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Modes that let every user of the container write. */
export const worldWritableMode = dockerfileCheck<"commands">({
  name: "world-writable-mode",
  title: "World-writable modes set in a Dockerfile",
  severity: "medium",
  documentation: {
    what: "Checks the modes that `chmod`, `install`, `mkdir` and the flag `--chmod` of `COPY` and `ADD` set. Those that let others write, without the sticky bit, are reported.",
    why: "Any process in the container, whatever its user, can change the file, also a program that root runs later.",
    fix: "Give the files to the user that must write them, with `chown` or `--chown`, and leave others the right to read: 755 for programs and directories, 644 for the rest.",
    references: ["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const fix = "use mode 755 or 644, and --chown for the user that writes";
    const found = (what: string): Pick<Detection, "subject" | "title" | "fix"> => ({
      subject: what,
      title: `${what} makes files world-writable`,
      fix,
    });
    for (const { command, instruction } of commands) {
      const { program } = command;
      if (program === "chmod") {
        // A mode may begin with a dash, which then takes rights away.
        const mode = operandsOf(command, ["--reference"])[0];
        if (mode === undefined || !letsAllWrite(mode.text)) continue;
        const targets = operandsOf(command, ["--reference"]).slice(1);
        const where = targets.map(({ text }) => text).join(" ");
        yield {
          ...found(`chmod ${mode.text}`),
          subject: `chmod ${mode.text} ${where}`.trimEnd(),
          range: command.range,
          stage: instruction.stage,
        };
      } else if (program === "install" || program === "mkdir") {
        const at = command.arguments.findIndex(
          ({ text }) => text === "-m" || text === "--mode" || /^-[a-zA-Z]+m$/.test(text),
        );
        const mode =
          at === -1
            ? command.arguments
                .find(({ text }) => /^(?:--mode=|-m[0-7])/.test(text))
                ?.text.replace(/^(?:--mode=|-m)/, "")
            : command.arguments[at + 1]?.text;
        if (mode === undefined || !letsAllWrite(mode)) continue;
        const where = command.arguments.filter(({ text }) => text.includes("/")).map(({ text }) => text);
        yield {
          ...found(`${program} -m ${mode}`),
          subject: [program, "-m", mode, ...where].join(" "),
          range: command.range,
          stage: instruction.stage,
        };
      }
    }
    for (const { flags, keyword, stage } of unfolded(dockerfile)) {
      const mode = flags.find(({ name }) => name === "chmod")?.value;
      if (mode === undefined || !letsAllWrite(mode.value ?? mode.text)) continue;
      yield { ...found(`${keyword} --chmod=${mode.text}`), range: mode.range, stage };
    }
  },
});

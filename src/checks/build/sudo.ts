import type { TextEdit } from "../../core/finding.ts";
import type { Dockerfile, PlacedCommand, ShellCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Commands that raise their rights while the image is built. */
export const sudo = dockerfileCheck<"commands">({
  name: "sudo",
  title: "Use of sudo",
  severity: "medium",
  documentation: {
    what: "Checks for commands that run by `sudo` or `doas`, in `RUN` and at run time.",
    why: "For it to work without a terminal, its configuration lets the user become root without a password, and that stays in the image. While the image is built, `USER root` does the same and leaves nothing behind.",
    fix: "Do what needs root before the `USER` instruction, or between `USER root` and `USER` with the number of the other one, and leave sudo out of the image.",
    references: ["https://docs.docker.com/build/building/best-practices/#user"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction } of commands) {
      const raises = [...command.wrappers, command.program].find((name) => name === "sudo" || name === "doas");
      if (raises === undefined) continue;
      yield {
        subject: `${raises} ${command.program ?? ""}`.trim(),
        title: `${command.program ?? "A command"} runs with ${raises}`,
        range: command.range,
        stage: instruction.stage,
        fix: {
          text: "run the command as root before USER, without sudo",
          edits: withoutSudo(dockerfile, command, instruction),
        },
      };
    }
  },
});

/** Where root runs it anyway, a plain `sudo` before the program changes nothing but the environment. */
function withoutSudo(
  dockerfile: Dockerfile,
  command: ShellCommand,
  instruction: PlacedCommand["instruction"],
): TextEdit[] {
  const [first, second] = command.words;
  if (instruction.keyword !== "RUN" || first?.text !== "sudo" || second === undefined) return [];
  if (second !== command.programWord || !runsAsRoot(dockerfile, instruction)) return [];
  return [{ path: dockerfile.path, start: first.range.start, end: second.range.start, replacement: "" }];
}

/** By a USER of the stage, or by one of Docker's own images, which start as root. */
function runsAsRoot({ stages }: Dockerfile, instruction: PlacedCommand["instruction"]): boolean {
  const stage = instruction.stage === undefined ? undefined : stages[instruction.stage];
  if (stage === undefined || instruction.onbuild) return false;
  const before = stage.instructions.slice(0, stage.instructions.indexOf(instruction));
  const user = before.findLast(({ keyword }) => keyword === "USER");
  if (user?.keyword === "USER") return /^(?:root|0)(?::|$)/.test(user.words[0]?.value ?? "");
  const { origin } = stage.from;
  return origin.kind === "image" && origin.name.registry === undefined && !origin.name.repository.includes("/");
}

import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { digestOf } from "../findings/one-line.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, operandsOf } from "./dockerfile/options.ts";

const shells = /^(?:sh|bash|dash|ash|ksh|zsh|python[0-9.]*|perl|ruby|node|php)$/;

function decodes(command: ShellCommand): boolean {
  switch (command.program) {
    case "base64":
    case "base32":
      return hasOption(command, "-d", "-D", "--decode");
    case "xxd":
      return hasOption(command, "-r");
    case "openssl":
      return hasOption(command, "-d");
    default:
      return false;
  }
}

/** Scripts that nobody can read before they run. */
export const decodedScriptRun = dockerfileCheck<"commands">({
  name: "decoded-script-run",
  title: "Encoded scripts decoded and run",
  severity: "high",
  withoutControl: "it is about how an image is built; the controls assess what was built and runs",
  documentation: {
    what: "Checks for `base64 -d`, `xxd -r` and `openssl enc -d` whose output goes to a shell or another interpreter, through a pipe, or by `$(…)` in `eval` and `sh -c`.",
    why: "Who reviews the Dockerfile cannot see what runs. It is how attackers hide commands in images.",
    fix: "Put the script into a file of the repository and `COPY` it, or write it as a heredoc.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#here-documents",
      "https://attack.mitre.org/techniques/T1027/",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction } of commands) {
      if (!decodes(command)) continue;
      const all = instruction.commands;
      const reader = command.pipedInto
        .flatMap((index) => all[index] ?? [])
        .find(
          (one) => shells.test(one.program ?? "") && !hasOption(one, "-c", "-m", "-e") && operandsOf(one).length === 0,
        );
      const taker = all.find(
        (one) =>
          (one.program === "eval" || (shells.test(one.program ?? "") && hasOption(one, "-c", "-e"))) &&
          one.arguments.some(({ expansions }) => expansions.some((piece) => piece.commands.includes(command.index))),
      );
      const runner = reader ?? taker;
      if (runner === undefined) continue;
      yield {
        subject: `${command.program} into ${runner.program}: ${digestOf(dockerfile.text.slice(instruction.range.start, instruction.range.end))}`,
        title: `${command.program} output is decoded and run by ${runner.program}`,
        range: command.programWord?.range ?? command.range,
        stage: instruction.stage,
        fix: "commit the script as a file and COPY the file",
      };
    }
  },
});

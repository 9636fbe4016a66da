import type { ShellCommand } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { downloaders, runnersOf } from "./dockerfile/runners.ts";

/** Scripts that are run as they come off the network. */
export const curlPipeShell = dockerfileCheck<"commands">({
  name: "curl-pipe-shell",
  title: "Downloads piped to a shell",
  severity: "high",
  withoutControl: "it is about how an image is built; the controls assess what was built and runs",
  documentation: {
    what: "Checks for `curl`, `wget` and their like whose output goes to a shell or another interpreter: through a pipe, over any filters, by `<(…)`, or by `$(…)` in `sh -c` and `eval`.",
    why: "What the server sends at the time of the build runs with the build's rights, and nothing says what it was. A taken-over server, a changed script, or a connection that breaks off half way decides what is in the image.",
    fix: "Download to a file, compare it with a checksum or a signature that stands in the Dockerfile, then run it. Better still, install a package of the distribution.",
    references: ["https://docs.docker.com/build/building/best-practices/", "https://slsa.dev/spec/v1.1/threats"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    const known = new Map<readonly ShellCommand[], ReadonlyMap<number, ShellCommand>>();
    for (const { command, instruction } of commands) {
      if (command.program === undefined || !downloaders.has(command.program)) continue;
      const runners = known.get(instruction.commands) ?? runnersOf(instruction.commands);
      known.set(instruction.commands, runners);
      const runner = runners.get(command.index);
      if (runner === undefined) continue;
      yield {
        subject: `${command.program} into ${runner.program ?? "a shell"}`,
        title: `${command.program} output is piped to ${runner.program ?? "a shell"} without verification`,
        range: command.range,
        stage: instruction.stage,
        fix: "download to a file, verify its checksum, then run it",
      };
    }
  },
});

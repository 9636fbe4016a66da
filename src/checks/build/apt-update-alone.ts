import type { CommandInstruction } from "../../engines/dockerfile/model.ts";
import { isMounted } from "./dockerfile/cleanup.ts";
import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

/** Package lists that are older than what is installed by them (Docker's best practices, apt-get). */
export const aptUpdateAlone = dockerfileCheck<"commands">({
  name: "apt-update-alone",
  title: "apt-get update and install in separate RUNs",
  severity: "low",
  documentation: {
    what: "Checks for a `RUN` with `apt-get update` that installs nothing, where a later `RUN` of the stage installs packages without updating the lists itself. Not reported: a mounted cache of the lists.",
    why: "Docker keeps the layer of the update. When packages are added to the install later, it runs by lists of months ago: it installs versions with known vulnerabilities, or fails.",
    fix: "Join them: `RUN apt-get update && apt-get install -y …`.",
    references: ["https://docs.docker.com/build/building/best-practices/#apt-get"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    const updates = commands.filter(
      ({ command: { program }, command, instruction }) =>
        instruction.keyword === "RUN" &&
        (program === "apt-get" || program === "apt") &&
        operandsOf(command, ["-o", "-c"])[0]?.text === "update",
    );
    const installs = installsOf(commands, "apt");
    const updating = new Set(updates.map(({ instruction }) => instruction));
    const reported = new Set<unknown>();
    for (const { command, instruction } of updates) {
      if (reported.has(instruction) || isMounted(instruction as CommandInstruction, "/var/lib/apt/lists")) continue;
      reported.add(instruction);
      if (installs.some((one) => one.instruction === instruction)) continue;
      const later = installs.find(
        (one) =>
          one.instruction.stage === instruction.stage &&
          one.instruction.range.start > instruction.range.start &&
          !updating.has(one.instruction),
      );
      if (later === undefined) continue;
      yield {
        subject: `${command.program} update`,
        title: `apt-get update runs apart from the install on line ${later.command.range.line}`,
        range: command.range,
        stage: instruction.stage,
        fix: "run apt-get update && apt-get install in one RUN",
      };
    }
  },
});

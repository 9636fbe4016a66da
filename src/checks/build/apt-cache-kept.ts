import { trimEndOf } from "../../core/trim.ts";
import type { CommandInstruction } from "../../engines/dockerfile/model.ts";
import { readLater } from "./dockerfile/cleanup.ts";
import { appendToRun } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const LISTS = "/var/lib/apt/lists";
const removal = `rm -rf ${LISTS}/*`;

/** Of what a later step says. A script may do anything. */
const READS_LISTS =
  /\bapt\b|\bapt-(?:get|cache|file)\b|aptitude|dpkg-query|playwright|\.sh\b|\bbash\b|\bsh\b|\.\/|\/(?:opt|srv|app|tmp|usr\/local)\//;

/** A mount over the lists, or over a folder that holds them, keeps them out of the layer. */
function isMounted({ mounts }: CommandInstruction): boolean {
  return mounts.some(({ type, options }) => {
    const target = trimEndOf(options.get("target") ?? "", "/");
    return (type === "cache" || type === "tmpfs") && (target === LISTS || LISTS.startsWith(`${target}/`));
  });
}

/** Package lists that stay in a layer of the image. */
export const aptCacheKept = dockerfileCheck<"commands">({
  name: "apt-cache-kept",
  title: "apt package lists left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for a `RUN` with `apt-get update` that neither removes `/var/lib/apt/lists` nor has a cache mounted there.",
    why: "The lists make the image larger, and let a later `apt-get install` run on old lists that name versions with known vulnerabilities. What a later `RUN` removes stays in the layer.",
    fix: "End the same `RUN` with `&& rm -rf /var/lib/apt/lists/*`, or mount a cache: `--mount=type=cache,target=/var/lib/apt/lists`.",
    references: ["https://docs.docker.com/build/building/best-practices/#apt-get"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    for (const { command, instruction } of commands) {
      const { program } = command;
      if (instruction.keyword !== "RUN" || (program !== "apt-get" && program !== "apt")) continue;
      if (operandsOf(command, ["-o", "-c"])[0]?.text !== "update") continue;
      if (instruction.stage === undefined || !shipped.has(instruction.stage) || isMounted(instruction)) continue;
      const removes = instruction.commands.some(
        (other) =>
          other.index > command.index &&
          other.program === "rm" &&
          other.arguments.some(({ text }) => /^\/var\/lib\/apt(?:\/|$)/.test(text)),
      );
      const deletes = instruction.commands.some(
        (other) =>
          other.index > command.index &&
          other.program === "find" &&
          other.arguments.some(({ text }) => text.startsWith(LISTS)),
      );
      if (removes || deletes) continue;
      yield {
        subject: `${program} update`,
        title: "apt package lists remain in the layer",
        range: command.range,
        stage: instruction.stage,
        fix: {
          text: `remove the lists in the same RUN: && ${removal}`,
          edits: appendToRun(dockerfile, instruction, removal),
          graded: readLater(dockerfile, instruction, READS_LISTS, "the package lists"),
        },
      };
    }
  },
});

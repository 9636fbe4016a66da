import { deletesBehind, isMounted, isSet } from "./dockerfile/cleanup.ts";
import { insertBehind } from "./dockerfile/edits.ts";
import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";
import { shippedStages } from "./dockerfile/stages.ts";

const folders = ["/root/.cache/pip"];

/** pip's own cache in a layer (pip documentation, `--no-cache-dir`). */
export const pipCacheKept = dockerfileCheck<"commands">({
  name: "pip-cache-kept",
  title: "pip cache left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for `pip install` without `--no-cache-dir` and without `PIP_NO_CACHE_DIR`, where the same `RUN` neither clears pip's cache nor has one mounted.",
    why: "Every wheel is in the image twice, once of no use.",
    fix: "Add `--no-cache-dir`, or mount a cache: `--mount=type=cache,target=/root/.cache/pip`.",
    references: ["https://pip.pypa.io/en/stable/topics/caching/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    for (const { command, instruction, verb } of installsOf(commands, "pip")) {
      const { stage } = instruction;
      if (instruction.keyword !== "RUN" || stage === undefined || !shipped.has(stage)) continue;
      if (isMounted(instruction, ...folders) || deletesBehind(instruction, command, ...folders)) continue;
      if (hasOption(command, "--no-cache-dir", "--dry-run") || isSet(dockerfile, stage, "PIP_NO_CACHE_DIR")) continue;
      // A mount of somebody else's home, or one that a variable names, is a cache all the same.
      if (
        instruction.mounts.some(
          ({ type, options }) => type === "cache" && /pip|\.cache/.test(options.get("target") ?? ""),
        )
      )
        continue;
      const cleared = instruction.commands.some(
        ({ index, arguments: words, assignments }) =>
          (index > command.index &&
            words.some(
              ({ text }, at) =>
                (text === "cache" && words[at + 1]?.text === "purge") || /(?:^|\/)\.cache(?:\/|$)/.test(text),
            )) ||
          words.some(({ text }) => text.startsWith("PIP_NO_CACHE_DIR=")) ||
          assignments.some(({ name }) => name === "PIP_NO_CACHE_DIR"),
      );
      if (cleared) continue;
      yield {
        subject: "pip install",
        title: "The pip cache remains in the layer",
        range: command.range,
        stage,
        fix: { text: "add --no-cache-dir", edits: [insertBehind(dockerfile, verb.range, " --no-cache-dir")] },
      };
    }
  },
});

import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, operandsOf } from "./dockerfile/options.ts";
import { resolved } from "./dockerfile/secret-files.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Files that are in the image twice, since their owner changes (Dockerfile reference, `COPY --chown`). */
export const chownAfterCopy = dockerfileCheck<"commands">({
  name: "chown-after-copy",
  title: "Files duplicated by chown or chmod after COPY",
  severity: "low",
  documentation: {
    what: "Checks for `chown -R` and `chmod -R` in a `RUN` over a directory into which an earlier `COPY` or `ADD` of the same stage has put files, in the last stage and those that it is built on.",
    why: "A changed owner or mode is a changed file: the layer holds all of them again, and the one below holds them as they were, owned by root.",
    fix: "Write `COPY --chown=10001:10001` or `--chmod=`, and leave to root what the program only reads.",
    references: ["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const { index, instructions } of dockerfile.stages) {
      if (!shipped.has(index)) continue;
      const filled = new Set<string>();
      let folder: string | undefined = "/";
      for (const instruction of instructions) {
        if (instruction.keyword === "WORKDIR") folder = resolved(folder, instruction.words[0]?.value);
        else if (instruction.keyword === "COPY" || instruction.keyword === "ADD") {
          const to = resolved(folder, instruction.destination.value);
          if (to !== undefined) filled.add(to);
        } else if (instruction.keyword === "RUN") {
          for (const command of instruction.commands) {
            const { program } = command;
            if ((program !== "chown" && program !== "chmod") || !hasOption(command, "-R", "--recursive")) continue;
            const target = operandsOf(command)
              .slice(1)
              .find(({ text, literal }) => literal && filled.has(resolved(folder, text) ?? ""));
            if (target === undefined) continue;
            yield {
              subject: `${program} -R ${target.text}`,
              title: `${program} -R stores ${target.text} in the image a second time`,
              range: command.range,
              stage: index,
              fix: `use --${program} on the COPY instead`,
            };
          }
        }
      }
    }
  },
});

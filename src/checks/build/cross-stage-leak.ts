import type { Stage } from "../../engines/dockerfile/model.ts";
import { ignoreRules } from "./dockerfile/ignored.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { copiesPath, type SecretFile, secretFiles } from "./dockerfile/secret-files.ts";
import { chainOf, shippedStages } from "./dockerfile/stages.ts";

/** Secrets of a stage that builds, taken along into one that ships (Dockerfile reference, `COPY --from`). */
export const crossStageLeak = dockerfileCheck<"commands" | "context">({
  name: "cross-stage-leak",
  title: "Secrets copied from a build stage",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks `COPY --from` of an earlier stage into the last one and those that it is built on. A finding is a copy of a file, of a directory or of everything, in which that stage has put a file with a secret and not deleted it. What a copy of a directory brought there counts too: such files in the directory of the Dockerfile that `.dockerignore` lets through.",
    why: "A stage that does not ship is a good place for what only the build needs, as long as nothing takes it along. A copy of `/`, of a home directory or of the application's directory does.",
    fix: "Copy what the image needs by name: the program, its libraries, its assets. Mount secrets instead of copying them in the first stage.",
    references: [
      "https://docs.docker.com/build/building/multi-stage/",
      "https://docs.docker.com/build/building/secrets/",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial", context: "partial" },
  *detect({ dockerfile, context }) {
    const shipped = shippedStages(dockerfile);
    const ignored = ignoreRules(context);
    const seen = (context.sensitiveFiles ?? []).filter((file) => ignored(file) === "no");
    const held = new Map<number, SecretFile[]>();
    const heldBy = (stage: Stage): SecretFile[] => {
      const known = held.get(stage.index);
      if (known !== undefined) return known;
      const files = chainOf(dockerfile, stage)
        .flatMap((one) => secretFiles(one, seen))
        .filter(({ removed }) => removed === undefined);
      // By name and by folder it is still one file.
      const once = [...new Map(files.map((file) => [file.path, file])).values()];
      held.set(stage.index, once);
      return once;
    };
    for (const instruction of dockerfile.instructions) {
      if (instruction.keyword !== "COPY" || instruction.stage === undefined || !shipped.has(instruction.stage))
        continue;
      const origin = instruction.from;
      const from = origin?.kind === "stage" ? dockerfile.stages[origin.index] : undefined;
      // What ships itself is judged where it stands.
      if (from === undefined || shipped.has(from.index)) continue;
      for (const { value, text, range } of instruction.sources) {
        for (const { path, what, certain } of heldBy(from)) {
          if (value === undefined || !copiesPath(value, path)) continue;
          const name = from.name ?? `stage ${from.index}`;
          yield {
            subject: `COPY ${text} with ${path}`,
            title: `COPY of ${text} includes ${path} (${what}) from stage ${name}`,
            severity: certain ? "high" : "medium",
            range,
            stage: instruction.stage,
            fix: "copy only the needed files, each by its path",
          };
        }
      }
    }
  },
});

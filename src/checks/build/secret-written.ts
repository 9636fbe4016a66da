import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { secretFiles } from "./dockerfile/secret-files.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Secrets that RUN puts into a file of the image. */
export const secretWritten = dockerfileCheck<"commands">({
  name: "secret-written",
  title: "Secrets written to an image layer",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks `RUN` in the last stage and those that it is built on: a variable with the name of a secret that `echo`, `printf` or `cat` write to a file, and a file of `--mount=type=secret` that is copied. Not reported: what the same `RUN` deletes again, and what goes into another mount.",
    why: "The file is in the layer, and everyone who can pull the image can read it. A secret mount that is copied protects nothing.",
    fix: "Mount the secret where the program looks for it, `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`, or give it by `env=` to the command that takes it from there.",
    references: [
      "https://docs.docker.com/build/building/secrets/",
      "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const stage of dockerfile.stages) {
      if (!shipped.has(stage.index)) continue;
      for (const { path, what, range, by, removed } of secretFiles(stage)) {
        if (by !== "written" || removed !== undefined) continue;
        yield {
          subject: `RUN writes ${path}`,
          title: `${path} (${what}) is written to the image`,
          range,
          stage: stage.index,
          fix: "mount the secret at that path: RUN --mount=type=secret,id=NAME,target=PATH",
        };
      }
    }
  },
});

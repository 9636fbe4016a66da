import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { chainOf, unfolded } from "./dockerfile/stages.ts";

/** A file system over another one (hadolint, DL3067). */
export const copyWholeStage = dockerfileCheck({
  name: "copy-whole-stage",
  title: "Entire stages copied over the image",
  severity: "low",
  documentation: {
    what: "Checks for `COPY --from=… / /`. Not reported: an empty image (`FROM scratch`), where it joins layers.",
    why: "What was only needed to build comes along: compilers, caches, keys of the build. It also replaces what the base image has, its package database and accounts among it, so that neither base is what runs, and nobody can say which vulnerabilities it has.",
    fix: "Copy the files that are needed, each by its path.",
    references: ["https://docs.docker.com/build/building/multi-stage/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "COPY" || instruction.from === undefined || instruction.stage === undefined) continue;
      const { sources, destination, flags, stage } = instruction;
      if (destination.value !== "/" || !sources.some(({ value }) => value === "/")) continue;
      const own = dockerfile.stages[stage];
      const [bottom] = own === undefined ? [] : chainOf(dockerfile, own);
      if (bottom?.from.origin.kind === "scratch") continue;
      const from = flags.find(({ name }) => name === "from")?.value?.text ?? "another stage";
      yield {
        subject: `COPY --from=${from} /`,
        title: `COPY copies every file of ${from} over the image`,
        range: instruction.range,
        stage,
        fix: "copy only the needed files, each by its path",
      };
    }
  },
});

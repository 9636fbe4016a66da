import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Destinations that hang on the base image's working directory (Dockerfile reference, COPY, "Destination"). */
export const relativeDestination = dockerfileCheck({
  name: "relative-destination",
  title: "Relative COPY destination without WORKDIR",
  severity: "low",
  documentation: {
    what: "Checks for `COPY` and `ADD` to a relative path in stages that have set no `WORKDIR` so far, nor have those that they are built on.",
    why: "The files go below the working directory of the base image, which its next version may change; as a rule it is `/`, where they lie among the system's directories.",
    fix: "Write `WORKDIR /app` before it, or the whole path.",
    references: ["https://docs.docker.com/reference/dockerfile/#copy"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    // By stage: whether it has set a working directory, or begins from one that has.
    const set: boolean[] = [];
    for (const { index, from, instructions } of dockerfile.stages) {
      let isSet = from.origin.kind === "stage" && set[from.origin.index] === true;
      for (const instruction of instructions) {
        if (instruction.keyword === "WORKDIR") isSet = true;
        // From nothing the working directory is the root.
        if (isSet || from.origin.kind === "scratch") continue;
        if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") continue;
        const { value, text, range } = instruction.destination;
        if (value === undefined || /^(?:[/\\]|[A-Za-z]:|\{\{)/.test(value)) continue;
        yield {
          subject: `${instruction.keyword} to ${text}`,
          title: `Destination ${text} depends on the working directory of the base image`,
          range,
          stage: index,
          fix: "set WORKDIR first, or write an absolute path",
        };
      }
      set.push(isSet);
    }
  },
});

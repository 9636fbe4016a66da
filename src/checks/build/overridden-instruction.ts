import { dockerfileCheck } from "./dockerfile/lint-check.ts";

const single = ["CMD", "ENTRYPOINT", "HEALTHCHECK"] as const;

/** Instructions of which the last one alone counts (Docker's build check MultipleInstructionsDisallowed). */
export const overriddenInstruction = dockerfileCheck({
  name: "overridden-instruction",
  title: "Multiple CMD, ENTRYPOINT or HEALTHCHECK in a stage",
  severity: "low",
  documentation: {
    what: "Checks for stages with several `CMD`, `ENTRYPOINT` or `HEALTHCHECK`. All but the last are reported.",
    why: "Only the last one counts. Who reads the first believes that the container starts, or is checked, in another way than it is.",
    fix: "Delete all but the one that is meant.",
    references: ["https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { instructions, index } of dockerfile.stages) {
      for (const keyword of single) {
        for (const instruction of instructions.filter((one) => one.keyword === keyword).slice(0, -1)) {
          yield {
            subject: keyword,
            title: `${keyword} is overridden by a later ${keyword} of the stage`,
            range: instruction.range,
            stage: index,
            fix: "keep one of them",
          };
        }
      }
    }
  },
});

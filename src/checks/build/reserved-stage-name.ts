import { dockerfileCheck } from "./dockerfile/lint-check.ts";

const reserved = new Set(["scratch", "context"]);

/** Names of stages that Docker keeps for itself (Docker's build check ReservedStageName). */
export const reservedStageName = dockerfileCheck({
  name: "reserved-stage-name",
  title: "Reserved stage names",
  severity: "low",
  documentation: {
    what: "Checks for stages that are named `scratch` or `context`.",
    why: "Both words mean something else to the builder: the empty base, and the build context. Which of the two a later instruction gets is not told by the file.",
    fix: "Give the stage another name.",
    references: ["https://docs.docker.com/reference/build-checks/reserved-stage-name/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { name, index, from } of dockerfile.stages) {
      if (name === undefined || from.alias === undefined || !reserved.has(name)) continue;
      yield {
        subject: `name ${name}`,
        title: `Stage name ${name} is reserved by the builder`,
        range: from.alias.range,
        stage: index,
        fix: "rename the stage",
      };
    }
  },
});

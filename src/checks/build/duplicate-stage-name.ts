import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Two stages of one name (Docker's build check DuplicateStageName). */
export const duplicateStageName = dockerfileCheck({
  name: "duplicate-stage-name",
  title: "Duplicate stage names",
  severity: "medium",
  documentation: {
    what: "Checks for a stage whose name an earlier one has, whatever the case of its letters.",
    why: "`COPY --from` and `--target` then mean the last of them that is known at that place. What is read and what is tested may be another stage than the one that ships.",
    fix: "Give each stage a name of its own.",
    references: ["https://docs.docker.com/reference/build-checks/duplicate-stage-name/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const seen = new Set<string>();
    for (const { name, index, from } of dockerfile.stages) {
      if (name === undefined || from.alias === undefined) continue;
      if (seen.has(name)) {
        yield {
          subject: `name of stage ${index}`,
          title: `Stage name ${name} is used by an earlier stage`,
          range: from.alias.range,
          stage: index,
          fix: "rename one of the stages",
        };
      }
      seen.add(name);
    }
  },
});

import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** ENV that uses what it sets itself (Dockerfile reference, "Environment replacement": the old value counts). */
export const envInSameStatement = dockerfileCheck({
  name: "env-in-same-statement",
  title: "ENV using a variable set by the same ENV",
  severity: "medium",
  documentation: {
    what: "Checks for `ENV A=1 B=$A`, where nothing before it in the stage, or in those that it is built on, has set `A`.",
    why: "All values of an instruction are filled in before any of them is set: `B` gets what `A` was before, as a rule nothing. A path then begins at the root, a version is empty.",
    fix: "Write two instructions.",
    references: ["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    // By stage: the names that it, and the stages that it begins from, have set.
    const ends: ReadonlySet<string>[] = [];
    for (const { index, from, instructions } of dockerfile.stages) {
      const set = new Set(from.origin.kind === "stage" ? ends[from.origin.index] : undefined);
      for (const instruction of instructions) {
        if (instruction.keyword !== "ENV" && instruction.keyword !== "ARG") continue;
        const own = new Set<string>();
        for (const { name, value } of instruction.pairs) {
          const used = value?.variables.find((one) => own.has(one) && !set.has(one) && one !== name.text);
          if (instruction.keyword === "ENV" && value !== undefined && used !== undefined) {
            yield {
              subject: `ENV ${name.text}`,
              title: `ENV ${name.text} uses the previous value of ${used}`,
              range: value.range,
              stage: index,
              fix: `set ${used} in a separate ENV before this one`,
            };
          }
          own.add(name.text);
        }
        for (const { name } of instruction.pairs) set.add(name.text);
      }
      ends.push(set);
    }
  },
});

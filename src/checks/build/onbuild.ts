import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Instructions that run in other people's builds (Dockerfile reference, ONBUILD). */
export const onbuild = dockerfileCheck({
  name: "onbuild",
  title: "ONBUILD triggers",
  severity: "low",
  documentation: {
    what: "Checks for `ONBUILD`.",
    why: "What it triggers runs in the build of every image that is made from this one, and none of their Dockerfiles shows it. A review of those files does not see what they do.",
    fix: "Move the instruction into the Dockerfiles that need it, or share it as a stage or a script that they name.",
    references: ["https://docs.docker.com/reference/dockerfile/#onbuild"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { keyword, instruction, keywordRange, stage } of dockerfile.instructions.flatMap((one) =>
      one.keyword === "ONBUILD" ? [one] : [],
    )) {
      const what = instruction.keyword === "broken" ? "an instruction" : instruction.keyword;
      yield {
        subject: `${keyword} ${what}`,
        title: `${what} runs in builds based on this image`,
        range: keywordRange,
        stage,
        fix: "move the instruction to the Dockerfiles that need it",
      };
    }
  },
});

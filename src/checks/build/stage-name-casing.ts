import type { Dockerfile, SourceRange } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Upper-case letters in names of stages (Docker's build check StageNameCasing). */
export const stageNameCasing = dockerfileCheck({
  name: "stage-name-casing",
  title: "Stage names with uppercase letters",
  severity: "negligible",
  documentation: {
    what: "Checks for names of stages that are not all lower case.",
    why: "Names of stages are compared without regard to case, those of images are lower case: a reader takes `Build` and `build` for two things.",
    fix: "Write the name in lower case, and where it is named: case does not count for BuildKit, and does for buildah.",
    references: ["https://docs.docker.com/reference/build-checks/stage-name-casing/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { index, from } of dockerfile.stages) {
      const { alias } = from;
      if (alias === undefined || !/[A-Z]/.test(alias.text) || !/^[A-Za-z][\w.-]*$/.test(alias.raw)) continue;
      const lower = alias.text.toLowerCase();
      yield {
        subject: `name ${lower}`,
        title: `Stage name ${alias.text} has uppercase letters`,
        range: alias.range,
        stage: index,
        fix: {
          text: `rename the stage to ${lower}`,
          edits: [alias.range, ...referencesTo(dockerfile, index)].map((range) =>
            replaceRange(dockerfile, range, lower),
          ),
        },
      };
    }
  },
});

/** Where FROM and `COPY --from` write the stage's name. */
function referencesTo({ instructions }: Dockerfile, stage: number): SourceRange[] {
  return instructions.flatMap((one) => {
    if (one.keyword === "FROM")
      return one.origin.kind === "stage" && one.origin.index === stage ? [one.image.range] : [];
    if (one.keyword !== "COPY" || one.from?.kind !== "stage" || one.from.index !== stage) return [];
    const written = one.flags.find(({ name }) => name === "from")?.value;
    return written === undefined || /^\d+$/.test(written.text) ? [] : [written.range];
  });
}

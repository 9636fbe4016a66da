import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { imagesOf } from "./gitlab/parts.ts";
import { chosenByOthers, isVariableAlone, namesIn } from "./gitlab/variables.ts";

/** Images whose name a variable decides. */
export const gitlabImageFromVariable = gitlabCheck({
  name: "gitlab-image-from-variable",
  title: "Job images decided by variables",
  severity: "high",
  documentation: {
    what: "Checks `image` and `services` of a GitLab pipeline for names that are one variable alone, and for names with a variable that whoever pushes a branch or opens a merge request decides (`CI_COMMIT_REF_NAME` and its like). Not reported: variables that the pipeline itself sets to a fixed text. Severity: high for the latter, low for the former.",
    why: "Who decides the name decides the program that the job runs. A branch of the right name is enough to have the job run another image with the token and secrets of the project.",
    fix: "Write the image into the pipeline. Where it has to vary, choose between fixed names with `rules:variables`.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#image",
      "https://docs.gitlab.com/ci/variables/predefined_variables/",
    ],
  },
  *detect(pipeline) {
    const fixed = new Set(
      pipeline.variables.flatMap(({ name, value }) => (value === undefined || value.value.includes("$") ? [] : [name])),
    );
    for (const { image, job } of imagesOf(pipeline)) {
      const { value, place } = image.name;
      const chosen = chosenByOthers(value);
      const [only = ""] = namesIn(value);
      if (chosen === undefined && !isVariableAlone(value)) continue;
      // Only whoever runs a pipeline by hand may set what the file itself sets.
      yield {
        subject: `image ${value}`,
        title:
          chosen === undefined
            ? `the image is whatever $${only} holds`
            : `the image's name holds $${chosen}, which whoever pushes decides`,
        place,
        job,
        severity: chosen !== undefined ? "high" : fixed.has(only) ? "negligible" : "low",
        fix: "write the image's name into the pipeline",
        evidence: { image: value },
      };
    }
  },
});

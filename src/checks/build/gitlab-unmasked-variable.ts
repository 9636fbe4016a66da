import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { variablesOf } from "./gitlab/parts.ts";
import { endsLikeSecret } from "./gitlab/variables.ts";

/** Variables with the name of a secret that the form of a new pipeline shows. */
export const gitlabUnmaskedVariable = gitlabCheck({
  name: "gitlab-unmasked-variable",
  title: "Secrets asked for in a pipeline form",
  severity: "low",
  category: "secret",
  documentation: {
    what: "Checks `variables` in their long form (`value`, `description`) for names of secrets. `masked` is no keyword there: GitLab refuses it or passes it over. Severity: low.",
    why: "What is typed into the form of a new pipeline is shown to everyone who may see the pipeline, and is in no log masked.",
    fix: "Keep the secret as a masked variable of the project, and take it out of the file.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#variablesdescription",
      "https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable",
    ],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, detailed, others } = variable;
      if (!detailed || !endsLikeSecret(name)) continue;
      // It says that it is masked, which nothing in a file can be.
      if (others.some(({ value }) => value === "masked") && variable.value?.value.startsWith("$") !== false) continue;
      yield {
        subject: `variable ${name}`,
        title: `the variable ${name} is a field of the form of a new pipeline, where nothing is masked`,
        place: key,
        job,
        fix: "keep it as a masked variable of the project",
      };
    }
  },
});

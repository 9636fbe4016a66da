import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { endsLikeSecret } from "./gitlab/variables.ts";

/** Secrets that the whole pipeline gets although one job needs them. */
export const gitlabSecretForAllJobs = gitlabCheck({
  name: "gitlab-secret-for-all-jobs",
  title: "Secrets handed to every job",
  severity: "low",
  category: "secret",
  documentation: {
    what: "Checks the variables of a GitLab pipeline that are of all jobs for names of secrets whose value is another variable. Severity: low.",
    why: "Every job, and every image, script and package that it runs, can read the secret then: the linter too.",
    fix: "Move the variable into the jobs that need it, or scope it to their environment in the settings of the project.",
    references: [
      "https://docs.gitlab.com/ci/variables/#define-a-cicd-variable-in-the-gitlab-ciyml-file",
      "https://docs.gitlab.com/ci/environments/#limit-the-environment-scope-of-a-cicd-variable",
    ],
  },
  *detect(pipeline) {
    for (const { name, key, value } of [...pipeline.variables, ...pipeline.default.variables]) {
      if (!endsLikeSecret(name) || value?.value.startsWith("$") !== true) continue;
      yield {
        subject: `variable ${name}`,
        title: `every job gets the secret ${name}`,
        place: key,
        fix: `move ${name} into the jobs that need it`,
      };
    }
  },
});

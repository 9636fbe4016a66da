import { isProduction } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs that deploy to production and say nothing of when. */
export const gitlabUnrestrictedProductionDeploy = gitlabCheck({
  name: "gitlab-unrestricted-production-deploy",
  title: "Production deployments from any branch",
  severity: "high",
  whole: true,
  documentation: {
    what: "Checks jobs whose environment is production or staging, by its tier or its name, for `rules`, `only` or `except`, and for `workflow:rules` that leave pipelines of other branches out. Severity: high for production without `when: manual`, medium else.",
    why: "Every push to every branch deploys: whoever may push a branch brings their code to production without a review.",
    fix: "Write `rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]` into the job, and protect the environment.",
    references: [
      "https://docs.gitlab.com/ci/environments/protected_environments/",
      "https://docs.gitlab.com/ci/yaml/#rules",
    ],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const { name, environment, rules, only, except, when } = job;
      if (environment === undefined || !isProduction(job) || rules !== undefined || only !== undefined) continue;
      const named = environment.name?.value ?? "production";
      // What says on which branches there are pipelines at all says it for the job, too.
      const isReached = job.hidden || job.runs.branch !== "never";
      const isMild = when?.value === "manual" || /staging/i.test(named) || except !== undefined || !isReached;
      yield {
        subject: `job ${name}`,
        title: `${name} deploys to ${named} from any branch`,
        place: environment.place,
        job: name,
        severity: isMild ? "medium" : "high",
        fix: "write rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}] into the job",
      };
    }
  },
});

import { isProduction } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs that deploy to production in pipelines of merge requests. */
export const gitlabDeployInMergeRequests = gitlabCheck({
  name: "gitlab-deploy-in-merge-requests",
  title: "Production within reach of merge requests",
  severity: "high",
  documentation: {
    what: "Checks jobs whose environment is production, by its tier or its name, and that run for merge requests by themselves, as far as `workflow`, `rules` and `only` tell. Not reported: manual jobs, and conditions that are not known. Severity: high.",
    why: "Whoever opens a merge request deploys it before anyone reviewed it.",
    fix: "Deploy from the default branch alone: `rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]`.",
    references: [
      "https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/",
      "https://docs.gitlab.com/ci/environments/protected_environments/",
    ],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const { name, environment, runs, when, rules } = job;
      if (environment === undefined || !isProduction(job) || runs.mergeRequest !== "always") continue;
      const isManual = when?.value === "manual" || rules?.some((rule) => rule.when?.value === "manual") === true;
      if (isManual || /staging/i.test(environment.name?.value ?? "")) continue;
      yield {
        subject: `job ${name}`,
        title: `merge requests deploy to ${environment.name?.value ?? "production"} by ${name}`,
        place: environment.place,
        job: name,
        fix: "deploy from the default branch alone, by rules",
      };
    }
  },
});

import { isProduction, isSensitive } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs that deploy or publish in every pipeline. */
export const gitlabUnguardedDeploy = gitlabCheck({
  name: "gitlab-unguarded-deploy",
  title: "Deployments without conditions",
  severity: "low",
  whole: true,
  documentation: {
    what: "Checks jobs that deploy or publish, by their environment, their name or their stage, for conditions: `rules` with `if`, `changes` or `exists`, `only`, `except`, or `workflow:rules`. Not reported: production without any of them, which `build/gitlab-unrestricted-production-deploy` reports. Severity: low.",
    why: "The job runs in every pipeline, of whatever branch, tag or merge request starts it.",
    fix: "Write into `rules` for which branches or tags the job is.",
    references: ["https://docs.gitlab.com/ci/yaml/#rules"],
  },
  *detect(pipeline) {
    const { workflow } = pipeline;
    if (workflow?.rules?.some((rule) => rule.if !== undefined) === true) return;
    for (const job of pipeline.jobs) {
      const { name, key, hidden, rules, only, except } = job;
      if (hidden || !isSensitive(job) || only !== undefined || except !== undefined) continue;
      if (isProduction(job) && rules === undefined) continue;
      if (rules?.some((rule) => rule.if !== undefined || rule.otherConditions) === true) continue;
      yield {
        subject: `job ${name}`,
        title: `${name} deploys or publishes in every pipeline`,
        place: key,
        job: name,
        fix: "write into rules for which branches or tags the job is",
      };
    }
  },
});

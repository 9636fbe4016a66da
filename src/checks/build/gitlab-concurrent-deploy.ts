import { deploys } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs that deploy and may run twice at a time. */
export const gitlabConcurrentDeploy = gitlabCheck({
  name: "gitlab-concurrent-deploy",
  title: "Deployments that may overlap",
  severity: "negligible",
  whole: true,
  documentation: {
    what: "Checks jobs that deploy (an environment, or a stage of that name) for `resource_group`. Severity: negligible.",
    why: "Two pipelines deploy at once: the older version may end up on top, and neither is whole.",
    fix: "Write `resource_group: production` into the job.",
    references: ["https://docs.gitlab.com/ci/resource_groups/"],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      if (!deploys(job) || job.resourceGroup !== undefined) continue;
      yield {
        subject: "deployments without resource_group",
        title: `${job.name} may deploy twice at a time`,
        place: job.key,
        job: job.name,
        fix: "write resource_group: ENVIRONMENT into the job",
      };
    }
  },
});

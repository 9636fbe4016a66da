import type { GitlabJob } from "../../engines/pipelines/model.ts";
import { hasEnvironment } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

function deploysByStage(job: GitlabJob): boolean {
  const stage = job.stage?.value.toLowerCase() ?? "";
  return (
    hasEnvironment(job) ||
    (!/^(?:test|build|lint|security)$/.test(stage) && /deploy|release|publish|ship|prod|staging/.test(stage))
  );
}

/** Jobs that deploy whatever happened before them. */
export const gitlabDeployAlways = gitlabCheck({
  name: "gitlab-deploy-always",
  title: "Deployments that run after failures",
  severity: "medium",
  documentation: {
    what: "Checks jobs that deploy (an environment, or a stage of that name) for `when: always`. Not reported: jobs that stop an environment. Severity: medium.",
    why: "Tests and scans before it may have failed: what they stopped is deployed.",
    fix: "Remove `when: always`.",
    references: ["https://docs.gitlab.com/ci/yaml/#when"],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      const { when, name } = job;
      if (when?.value !== "always" || !deploysByStage(job)) continue;
      yield {
        subject: `job ${name}`,
        title: `${name} deploys even after jobs before it failed (when: always)`,
        place: when.place,
        job: name,
        fix: "remove when: always",
      };
    }
  },
});

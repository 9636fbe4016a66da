import { deploys } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs that deploy and do not name their runner. */
export const gitlabDeployRunnerNotChosen = gitlabCheck({
  name: "gitlab-deploy-runner-not-chosen",
  title: "Deployments on any runner",
  severity: "negligible",
  whole: true,
  documentation: {
    what: "Checks jobs that deploy (an environment, or a stage of that name) for `tags`. Severity: negligible.",
    why: "Any runner that takes jobs without tags may run it, and sees its secrets: one that others share, too.",
    fix: "Name a runner for deployments in `tags`, and let that run protected branches alone.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#tags",
      "https://docs.gitlab.com/ci/runners/configure_runners/#use-tags-to-control-which-jobs-a-runner-can-run",
    ],
  },
  *detect(pipeline) {
    for (const job of pipeline.jobs) {
      if (!deploys(job) || job.tags.length > 0 || job.trigger !== undefined) continue;
      yield {
        subject: "deployments without tags",
        title: `${job.name} deploys on any runner`,
        place: job.key,
        job: job.name,
        fix: "name a runner for deployments in tags",
      };
    }
  },
});

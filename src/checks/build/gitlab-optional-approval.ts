import { greatest } from "../../core/extremes.ts";
import type { GitlabJob } from "../../engines/pipelines/model.ts";
import { isProduction } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isFalse } from "./gitlab/parts.ts";

/** Manual jobs before a deployment that it does not wait for. */
export const gitlabOptionalApproval = gitlabCheck({
  name: "gitlab-optional-approval",
  title: "Approvals that stop nothing",
  severity: "medium",
  documentation: {
    what: "Checks manual jobs in stages before a deployment to production for `allow_failure: false`: a job with `when: manual` and without `rules` is optional. Not reported: jobs that deploy themselves. Severity: medium.",
    why: "The job looks like an approval. The pipeline goes on without it, and deploys.",
    fix: "Write `allow_failure: false` into the job, or protect the environment with required approvals.",
    references: [
      "https://docs.gitlab.com/ci/jobs/job_control/#types-of-manual-jobs",
      "https://docs.gitlab.com/ci/environments/deployment_approvals/",
    ],
  },
  *detect(pipeline) {
    const stages = pipeline.stages?.map(({ value }) => value) ?? ["build", "test", "deploy"];
    const order = [".pre", ...stages.filter((stage) => stage !== ".pre" && stage !== ".post"), ".post"];
    const stageOf = ({ stage }: GitlabJob): number => order.indexOf(stage?.value ?? "test");
    const last = greatest(pipeline.jobs.filter((job) => !job.hidden && isProduction(job)).map(stageOf), -1);
    for (const job of pipeline.jobs) {
      const { name, when, hidden, rules, environment, allowFailure } = job;
      if (hidden || when?.value !== "manual" || rules !== undefined || environment !== undefined) continue;
      const at = stageOf(job);
      if (isFalse(allowFailure) || at < 0 || at >= last) continue;
      yield {
        subject: `job ${name}`,
        title: `production is deployed without waiting for the manual job ${name}`,
        place: when.place,
        job: name,
        fix: "write allow_failure: false into the job",
      };
    }
  },
});

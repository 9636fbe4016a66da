import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Pipelines whose configuration an artifact holds. */
export const gitlabDynamicChildPipeline = gitlabCheck({
  name: "gitlab-dynamic-child-pipeline",
  title: "Child pipelines made by jobs",
  severity: "medium",
  documentation: {
    what: "Checks `trigger:include:artifact` of a GitLab pipeline: the child pipeline is what a job wrote. Not reported: where the job that writes it is not part of the pipeline. Severity: medium where that job runs for merge requests; low else.",
    why: "Whoever decides what the job writes decides every job of the child pipeline, and those of protected branches have the secrets of the project.",
    fix: "Write the file from fixed parts, or choose between fixed files by `rules` and `trigger:include:local`.",
    references: ["https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#dynamic-child-pipelines"],
  },
  *detect(pipeline) {
    for (const { name, trigger } of pipeline.jobs) {
      for (const include of trigger?.includes ?? []) {
        if (include.kind !== "artifact") continue;
        const maker = pipeline.jobs.find((job) => job.name === include.job?.value);
        yield {
          subject: `job ${name}`,
          title: `the pipeline that ${name} starts is whatever ${include.job?.value ?? "a job"} writes into ${include.artifact.value}`,
          place: include.place,
          job: name,
          severity: maker !== undefined && maker.runs.mergeRequest !== "never" ? "medium" : "low",
          fix: "choose between fixed files: trigger:include:local and rules",
        };
      }
    }
  },
});

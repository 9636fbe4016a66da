import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue } from "./gitlab/parts.ts";

/** Variables of a pipeline that another one is given. */
export const gitlabForwardedPipelineVariables = gitlabCheck({
  name: "gitlab-forwarded-pipeline-variables",
  title: "Pipeline variables forwarded downstream",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks `trigger:forward` of a GitLab pipeline for `pipeline_variables: true`. Severity: medium.",
    why: "The other pipeline, of another project perhaps, gets the variables that this one was started with; what was masked here is shown there, and they win over its own.",
    fix: "Remove `pipeline_variables: true`, and hand over the variables that are needed by `variables` of the job.",
    references: ["https://docs.gitlab.com/ci/yaml/#triggerforward"],
  },
  *detect(pipeline) {
    for (const { name, trigger } of pipeline.jobs) {
      const text = trigger?.forwardPipelineVariables;
      if (text === undefined || !isTrue(text)) continue;
      yield {
        subject: `job ${name}`,
        title: `${name} forwards the variables of the pipeline downstream`,
        place: text.place,
        job: name,
        fix: "remove pipeline_variables: true, and name what is needed in variables",
      };
    }
  },
});

import { gitlabCheck } from "./gitlab/gitlab-check.ts";

const SOURCES =
  /\$\{?CI_(?:PIPELINE_SOURCE|COMMIT_BRANCH|COMMIT_REF_NAME|COMMIT_REF_SLUG|COMMIT_TAG|MERGE_REQUEST_IID|MERGE_REQUEST_ID|DEFAULT_BRANCH|OPEN_MERGE_REQUESTS)\b/;

/** Pipelines whose file does not say what starts them. */
export const gitlabWorkflowRulesMissing = gitlabCheck({
  name: "gitlab-workflow-rules-missing",
  title: "Pipelines for every event",
  severity: "negligible",
  whole: true,
  documentation: {
    what: "Checks a GitLab pipeline for `workflow:rules` with a condition on the source, the branch or the tag. Not reported: components, files that others include, and child pipelines. Severity: negligible.",
    why: "Every push, tag, schedule, merge request and API call starts a pipeline, each job by its own conditions alone.",
    fix: "State in `workflow:rules` what starts a pipeline: merge requests, the default branch, tags.",
    references: ["https://docs.gitlab.com/ci/yaml/workflow/"],
  },
  *detect(pipeline) {
    const { workflow, path, fragment, child } = pipeline;
    if (fragment || child) return;
    const restricts = workflow?.rules?.some(({ if: condition }) => SOURCES.test(condition?.value ?? ""));
    if (restricts === true) return;
    const isNone = workflow === undefined;
    yield {
      subject: "workflow:rules",
      title: isNone
        ? "every event starts a pipeline: there are no workflow:rules"
        : "every event starts a pipeline: workflow has no rules on what starts it",
      place: isNone ? { path, line: 1, column: 1, start: 0, end: 0 } : workflow.key,
      fix: "state in workflow:rules what starts a pipeline",
    };
  },
});

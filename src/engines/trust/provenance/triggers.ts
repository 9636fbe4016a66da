/**
 * Events that only those start who may write to the repository, as far as its own settings go. What is not listed may be started
 * by strangers, on code or with texts of theirs (docs.github.com, "Events that trigger workflows"; docs.gitlab.com,
 * "CI_PIPELINE_SOURCE"): pull_request_target, issue_comment, workflow_run, external_pull_request_event…
 */
export const writersTriggers: ReadonlySet<string> = new Set([
  "push",
  "release",
  "create",
  "schedule",
  "merge_group",
  "deployment",
  "workflow_dispatch",
  "repository_dispatch",
  "registry_package",
  // GitLab
  "web",
  "api",
  "trigger",
  "pipeline",
  "parent_pipeline",
]);

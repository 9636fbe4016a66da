/** Which events fill a context in, and who can have them happen (GitHub's "Events that trigger workflows"). */

/**
 * `outside`: anyone with an account, in a run that has the repository's token and secrets. `fork`: anyone, in a run with a token
 * that reads alone and no secrets. `inside`: people with write access, or what they set up.
 */
export type Reach = "outside" | "fork" | "inside";

const REACH: Readonly<Record<string, Reach>> = {
  discussion: "outside",
  discussion_comment: "outside",
  fork: "outside",
  gollum: "outside",
  issue_comment: "outside",
  issues: "outside",
  pull_request_target: "outside",
  watch: "outside",
  workflow_run: "outside",
  pull_request: "fork",
  pull_request_review: "fork",
  pull_request_review_comment: "fork",
};

export function reachOf(event: string): Reach {
  return REACH[event] ?? "inside";
}

const PULL_REQUESTS = ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"];

/** Properties of the payload, or of `github`, and the events that have them; others may be of any event. */
const FILLED: Readonly<Record<string, readonly string[]>> = {
  "github.base_ref": ["pull_request", "pull_request_target"],
  "github.head_ref": ["pull_request", "pull_request_target"],
  // The ref of a pull request is a number, and of the privileged events the base or default branch.
  "github.ref": [
    "push",
    "create",
    "delete",
    "release",
    "workflow_dispatch",
    "deployment",
    "registry_package",
    "merge_group",
  ],
  "github.ref_name": [
    "push",
    "create",
    "delete",
    "release",
    "workflow_dispatch",
    "deployment",
    "registry_package",
    "merge_group",
  ],
  "github.event.answer": ["discussion"],
  "github.event.check_run": ["check_run"],
  "github.event.check_suite": ["check_suite"],
  "github.event.client_payload": ["repository_dispatch"],
  "github.event.comment": ["issue_comment", "discussion_comment", "pull_request_review_comment", "commit_comment"],
  "github.event.commits": ["push"],
  "github.event.deployment": ["deployment", "deployment_status"],
  "github.event.deployment_status": ["deployment_status"],
  "github.event.discussion": ["discussion", "discussion_comment"],
  "github.event.forkee": ["fork"],
  "github.event.head_commit": ["push"],
  "github.event.issue": ["issues", "issue_comment"],
  "github.event.label": ["label", "issues", "discussion", ...PULL_REQUESTS],
  "github.event.merge_group": ["merge_group"],
  "github.event.milestone": ["milestone", "issues"],
  "github.event.pages": ["gollum"],
  "github.event.pull_request": PULL_REQUESTS,
  "github.event.pusher": ["push"],
  "github.event.registry_package": ["registry_package"],
  "github.event.release": ["release"],
  "github.event.review": ["pull_request_review"],
  "github.event.workflow_run": ["workflow_run"],
};

/** Absent: any event. @param name - as `capabilityOf` takes it */
export function eventsFilling(name: string): readonly string[] | undefined {
  const parts = name.split(".");
  return FILLED[parts.slice(0, 3).join(".")] ?? FILLED[parts.slice(0, 2).join(".")];
}

/** The input's name where the context is an input by its old name, `github.event.inputs.NAME`. */
export function eventInput(name: string): string | undefined {
  const [, second, third, input] = name.split(".");
  return second === "event" && third === "inputs" && input !== undefined ? input : undefined;
}

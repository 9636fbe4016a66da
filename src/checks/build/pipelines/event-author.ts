import type { Workflow } from "../../../engines/pipelines/model.ts";

/** Who made what an event is about, as GitHub's documentation of webhook payloads has it. */
const AUTHORS: Readonly<Record<string, string>> = {
  discussion: "github.event.discussion.user",
  discussion_comment: "github.event.comment.user",
  issue_comment: "github.event.comment.user",
  issues: "github.event.issue.user",
  pull_request_review: "github.event.review.user",
  pull_request_review_comment: "github.event.comment.user",
  release: "github.event.release.author",
  workflow_run: "github.event.workflow_run.actor",
};

/** The context of who made what the event is about; of several triggers the pull request's. */
export function authorOf({ on }: Workflow, field: "id" | "login"): string {
  const [only, ...more] = on;
  const author = more.length === 0 && only !== undefined ? AUTHORS[only.event] : undefined;
  return `${author ?? "github.event.pull_request.user"}.${field}`;
}

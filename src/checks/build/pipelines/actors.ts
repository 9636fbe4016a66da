/** Contexts of who acted last, and of who made what an event is about ("Contexts reference", webhook payloads). */
import type { Workflow } from "../../../engines/pipelines/model.ts";

/** Who acted last, not who made the branch. */
export const ACTORS: ReadonlySet<string> = new Set([
  "github.actor",
  "github.triggering_actor",
  "github.event.sender.login",
  "github.event.pull_request.sender.login",
]);
export const ACTOR_IDS: ReadonlySet<string> = new Set([
  "github.actor_id",
  "github.event.sender.id",
  "github.event.pull_request.sender.id",
]);

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
export function authorOf({ on }: Workflow, actor: string): string {
  const [only, ...more] = on;
  const author = more.length === 0 && only !== undefined ? AUTHORS[only.event] : undefined;
  return `${author ?? "github.event.pull_request.user"}.${ACTOR_IDS.has(actor) ? "id" : "login"}`;
}

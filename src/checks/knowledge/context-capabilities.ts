/**
 * What an attacker can write into a value that GitHub fills in, by the context's name (GitHub's "Contexts reference", and the
 * payloads of "Webhook events and payloads", which `github.event` is). The same property means the same wherever it stands in
 * a payload, so its last name decides, and a few names before it where that is not enough.
 */

/**
 * `arbitrary`: any text: titles, messages, branch names (Git allows `;`, `$`, quotes and backquotes in them). `structured`: text
 * of a form that GitHub holds, of which parts are an attacker's to choose: logins, addresses of GitHub's own. `fixed`: numbers,
 * switches, times, object ids, words of a list.
 */
export type Capability = "arbitrary" | "structured" | "fixed";

/** `github.NAME` and contexts without an event. */
const DIRECT: Readonly<Record<string, Capability>> = {
  "github.action": "fixed",
  "github.action_path": "fixed",
  "github.action_ref": "fixed",
  "github.action_repository": "fixed",
  "github.action_status": "fixed",
  "github.actor": "structured",
  "github.actor_id": "fixed",
  "github.api_url": "fixed",
  "github.artifact_cache_size_limit": "fixed",
  "github.base_ref": "arbitrary",
  "github.env": "fixed",
  "github.event": "arbitrary",
  "github.event_name": "fixed",
  "github.event_path": "fixed",
  "github.graphql_url": "fixed",
  "github.head_ref": "arbitrary",
  "github.job": "fixed",
  "github.job_workflow_sha": "fixed",
  "github.output": "fixed",
  "github.path": "fixed",
  "github.ref": "arbitrary",
  "github.ref_name": "arbitrary",
  "github.ref_protected": "fixed",
  "github.ref_type": "fixed",
  "github.repository": "fixed",
  "github.repository_id": "fixed",
  "github.repository_owner": "fixed",
  "github.repository_owner_id": "fixed",
  "github.repositoryurl": "fixed",
  "github.repository_visibility": "fixed",
  "github.retention_days": "fixed",
  "github.run_attempt": "fixed",
  "github.run_id": "fixed",
  "github.run_number": "fixed",
  "github.secret_source": "fixed",
  "github.server_url": "fixed",
  "github.sha": "fixed",
  "github.state": "fixed",
  "github.step_summary": "fixed",
  "github.token": "fixed",
  "github.triggering_actor": "structured",
  // The path of the workflow and a ref: refs/pull/1/merge, or a branch of the repository.
  "github.workflow": "fixed",
  "github.workflow_ref": "arbitrary",
  "github.workflow_sha": "fixed",
  "github.workspace": "fixed",
  "job.status": "fixed",
  "strategy.fail-fast": "fixed",
  "strategy.job-index": "fixed",
  "strategy.job-total": "fixed",
  "strategy.max-parallel": "fixed",
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""));

/** Ends of names that decide whatever stands before them; the longest that fits is taken. */
const ENDINGS: Readonly<Record<string, Capability>> = {
  // The repository that the workflow belongs to is not an attacker's: its own names and addresses are as they are.
  "event.repository.name": "fixed",
  "event.repository.full_name": "fixed",
  "event.repository.default_branch": "fixed",
  "event.repository.visibility": "fixed",
  "event.repository.owner.login": "fixed",
  "event.repository.owner.name": "fixed",
  "event.repository.html_url": "fixed",
  "event.repository.clone_url": "fixed",
  "event.organization.login": "fixed",
  "event.after": "fixed",
  "event.before": "fixed",
  // What a change replaced is of the kind of what it changed.
  "changes.base.ref.from": "arbitrary",
  "changes.body.from": "arbitrary",
  "changes.description.from": "arbitrary",
  "changes.name.from": "arbitrary",
  "changes.tag_name.from": "arbitrary",
  "changes.title.from": "arbitrary",
  // An App says them of itself.
  "registry.type": "arbitrary",
  "npm_metadata.license": "arbitrary",
  "npm_metadata.id": "arbitrary",
  "nuget_metadata.*.id": "arbitrary",
  "rubygems_metadata.*.metadata": "arbitrary",
  // A commit's author writes what time he likes, but a time.
  "author.date": "fixed",
  "committer.date": "fixed",
  "label.name": "arbitrary",
  "labels.*.name": "arbitrary",
};

/** GitHub makes them: numbers, switches, states, object ids, times, permissions. */
const FIXED = words(`
  +1 -1 action actions additions admin admin_enforced administration after annotations arch archived author_association
  authorized_actors_only authorized_dismissal_actors_only base_sha before blocked_by blocking blocks changed_files checks comments commits
  commit_id commit_oid completed conclusion confused content_references contents create_protected created creator data_type
  debug default deleted deletions deployments digest disabled discussions dismiss_stale_reviews_on_push distinct draft due_on duration
  emails environments eyes fork forced forks from git_head head_commit_id head_sha heart hooray id immutable issues job
  keys laugh lexical_commit_sha license line locked maintain members mergeable mergeable_state merge_commit_sha
  merged merge_commit_message merge_commit_title merge_method merged_by metadata number open_issues original_commit_id original_line
  original_position original_start_line os packages pages parent_id percent_completed performed_via_github_app permission position
  prerelease privacy private production_environment protected public published_via_actions pull pull_requests push
  rebaseable ref_type repository_hooks repository_projects require_code_owner_review require_last_push_approval rerequestable
  required_approving_review_count review_comments rocket role_name runs_rerequestable secret_scanning_alerts secrets security_events
  security_scanning_alert sha sha1 sha256 md5 side single_file site_admin size squash_merge_commit_message squash_merge_commit_title
  stargazers start_line start_side state state_reason status statuses strict_required_status_checks_policy
  subject_type team_discussions target_oid timestamp to total total_blocked_by total_blocking transient_environment
  tree_id triage type use_squash_pr_title_as_default verified visibility vulnerability_alerts watchers web_commit_signoff_required
  workflows active_lock_reason maintainer_can_modify delete_branch_on_merge lock_allows_fork_sync lexical_search_ok
  reason name_changed
`);

/** Endings of single names that GitHub makes. */
const FIXED_ENDINGS = ["_at", "_count", "_id", "_level", "_sha", "_number", "_reactions"] as const;
const FIXED_BEGINNINGS = [
  "is_",
  "has_",
  "allow_",
  "anonymous_",
  "closed_",
  "open_",
  "run_",
  "ignore_approvals",
  "organization_",
  "required_",
  "total_",
] as const;

/** Names and opaque ids of a form that GitHub holds, and people, of whom an event tells nothing else. */
const STRUCTURED = words(`
  assignee assignees requested_reviewer requested_reviewers sender user full_name login node_id gravatar_id user_view_type slug url key check_suite_node_id href spdx_id ssh_url svn_url clone_url
  git_url events_url
`);

/** Addresses that people write themselves, or that hold a name which they choose freely. */
const WRITTEN_URLS = words(`
  about_url badge_url browser_download_url details_url environment_url external_url homepage_url log_url mirror_url target_url website_url
  package_url contributors_url_template documentation_url readme_url download_url
`);

/** What begins as an id and is one that a third party writes. */
const WRITTEN_IDS = words("external_id installation_id client_id");

/**
 * @param name - of a context in lower case, its parts joined by dots, `*` for any element: `github.event.commits.*.message`
 * @returns undefined where it is no context that GitHub fills in: `env`, `inputs`, `matrix`, `steps`, `vars`
 */
export function capabilityOf(name: string): Capability | undefined {
  const direct = DIRECT[name];
  if (direct !== undefined) return direct;
  if (name.startsWith("runner.")) return "fixed";
  if (!name.startsWith("github.")) return undefined;
  // A property of `github` that its reference does not name: what an event brings, or nothing.
  if (!name.startsWith("github.event.")) return "arbitrary";
  const parts = name.split(".");
  for (let length = Math.min(4, parts.length - 1); length > 1; length--) {
    const ending = ENDINGS[parts.slice(-length).join(".")];
    if (ending !== undefined) return ending;
  }
  return ofLast(parts);
}

function ofLast(parts: readonly string[]): Capability {
  let last = parts.at(-1) ?? "";
  // An element is of its list's kind: `labels.*`, `topics[0]`.
  if (last === "*" || /^\d+$/.test(last)) {
    if (parts.at(-2) === "events") return "fixed";
    last = parts.at(-2) ?? "";
  }
  if (parts.includes("permissions")) return "fixed";
  if (STRUCTURED.has(last)) return "structured";
  if (last.endsWith("_url")) return WRITTEN_URLS.has(last) ? "arbitrary" : "structured";
  if (WRITTEN_IDS.has(last)) return "arbitrary";
  if (FIXED.has(last) || FIXED_ENDINGS.some((end) => last.endsWith(end))) return "fixed";
  if (FIXED_BEGINNINGS.some((begin) => last.startsWith(begin))) return "fixed";
  return "arbitrary";
}

import { patternsIn, rulesOf } from "./gitlab/conditions.ts";
import { deploysByName } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

const CHOSEN: ReadonlySet<string> = new Set([
  "GITLAB_USER_LOGIN",
  "CI_COMMIT_BRANCH",
  "CI_COMMIT_REF_NAME",
  "CI_PROJECT_NAMESPACE",
]);

/** Patterns that match more branches than they name. */
export const gitlabUnanchoredRule = gitlabCheck({
  name: "gitlab-unanchored-rule",
  title: "Unanchored patterns in conditions",
  severity: "low",
  documentation: {
    what: "Checks `if` of `rules` and `workflow:rules` of a GitLab pipeline for patterns over a branch, a user or a namespace that do not end in `$`. Severity: medium where the job deploys, low else.",
    why: "`$CI_COMMIT_BRANCH =~ /^release/` also holds for `release-of-mallory`: whoever may push a branch chooses one that the condition takes.",
    fix: "Anchor the pattern at both ends: `/^release-\\d+$/`. Compare whole names with `==`.",
    references: ["https://docs.gitlab.com/ci/jobs/job_rules/#compare-a-variable-to-a-regular-expression"],
  },
  *detect(pipeline) {
    for (const { rule, job } of rulesOf(pipeline)) {
      for (const { name, source } of patternsIn(rule.condition)) {
        if (!CHOSEN.has(name) || source.endsWith("$") || rule.if === undefined) continue;
        yield {
          subject: `$${name} =~ /${source}/`,
          title: `/${source}/ takes any $${name} that ${source.startsWith("^") ? "begins with" : "holds"} it`,
          place: rule.if.place,
          job: job?.name,
          severity: job !== undefined && deploysByName(job) ? "medium" : "low",
          fix: `anchor it: /^${source.replace(/^\^/, "")}$/`,
        };
      }
    }
  },
});

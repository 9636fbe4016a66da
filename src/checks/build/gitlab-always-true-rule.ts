import { alwaysHolds, rulesOf } from "./gitlab/conditions.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Conditions that restrict nothing. */
export const gitlabAlwaysTrueRule = gitlabCheck({
  name: "gitlab-always-true-rule",
  title: "Conditions that always hold",
  severity: "medium",
  documentation: {
    what: 'Checks `if` of `rules` and `workflow:rules` of a GitLab pipeline for conditions that hold whatever the variables are: two fixed texts that are compared, a bare text, `A == "x" || A != "x"`. Severity: medium.',
    why: "It reads like a restriction. The job runs wherever the rule was meant to keep it from.",
    fix: "Compare a variable: `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`.",
    references: ["https://docs.gitlab.com/ci/jobs/job_rules/"],
  },
  *detect(pipeline) {
    for (const { rule, job } of rulesOf(pipeline)) {
      if (rule.if === undefined || rule.condition === undefined || !alwaysHolds(rule.condition)) continue;
      yield {
        subject: `condition ${rule.if.value}`,
        title: `the condition ${rule.if.value} always holds`,
        place: rule.if.place,
        job: job?.name,
        fix: "compare a variable: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
      };
    }
  },
});

import { deploys } from "./gitlab/deployments.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue, settingsOf } from "./gitlab/parts.ts";

/** Caches that protected branches share with all others. */
export const gitlabSharedCache = gitlabCheck({
  name: "gitlab-shared-cache",
  title: "Caches shared with unprotected branches",
  severity: "high",
  documentation: {
    what: "Checks `cache:unprotect: true` of a GitLab pipeline. Severity: high where a job with the cache deploys or has secrets, or where it is of all jobs; medium else. Not reported: caches that the job only writes (`policy: push`).",
    why: "Whoever may push a branch writes the cache that jobs of protected branches read: their tools and packages are then the attacker's, and run with the secrets of the project.",
    fix: "Remove `unprotect: true`.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#cacheunprotect",
      "https://docs.gitlab.com/ci/caching/#use-a-separate-cache-for-protected-branches",
    ],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      for (const { unprotect, policy, paths } of settings.cache) {
        if (unprotect === undefined || !isTrue(unprotect) || policy?.value === "push") continue;
        const reader = pipeline.jobs.find(({ name }) => name === job);
        const isWorth =
          reader === undefined || deploys(reader) || reader.idTokens.length > 0 || reader.secrets.length > 0;
        yield {
          subject: `cache ${paths.map(({ value }) => value).join(" ")}`,
          title: "protected branches share the cache with all others",
          place: unprotect.place,
          job,
          severity: isWorth ? "high" : "medium",
          fix: "remove unprotect: true",
        };
      }
    }
  },
});

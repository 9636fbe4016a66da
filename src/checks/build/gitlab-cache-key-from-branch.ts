import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { settingsOf } from "./gitlab/parts.ts";
import { chosenByOthers } from "./gitlab/variables.ts";

/** Caches whose key others choose. */
export const gitlabCacheKeyFromBranch = gitlabCheck({
  name: "gitlab-cache-key-from-branch",
  title: "Cache keys decided by branches",
  severity: "low",
  documentation: {
    what: "Checks `cache:key` and `cache:key:prefix` of a GitLab pipeline for predefined variables that whoever pushes decides. Severity: low; negligible for `CI_COMMIT_REF_SLUG`, which GitLab's documentation proposes.",
    why: "A branch of the right name reads and writes the cache of another. What a job takes from it is run with the secrets of that branch. GitLab keeps caches of protected branches apart, unless a project or `unprotect` has it otherwise.",
    fix: "Make the key of the lockfile: `key: {files: [package-lock.json]}`.",
    references: [
      "https://docs.gitlab.com/ci/caching/#use-a-separate-cache-for-protected-branches",
      "https://docs.gitlab.com/ci/yaml/#cachekey",
    ],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      for (const { key, prefix } of settings.cache) {
        const text = key ?? prefix;
        const name = text === undefined ? undefined : chosenByOthers(text.value);
        if (text === undefined || name === undefined) continue;
        yield {
          subject: `cache key ${text.value}`,
          title: `$${name} decides the key of the cache`,
          place: text.place,
          job,
          severity: name.endsWith("_SLUG") ? "negligible" : "low",
          fix: "make the key of the lockfile: key: {files: [package-lock.json]}",
        };
      }
    }
  },
});

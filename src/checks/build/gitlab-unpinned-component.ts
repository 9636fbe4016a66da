import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isCommit } from "./gitlab/refs.ts";

/** Components whose version their owner moves. */
export const gitlabUnpinnedComponent = gitlabCheck({
  name: "gitlab-unpinned-component",
  title: "Components that are not pinned",
  severity: "medium",
  documentation: {
    what: "Checks `include:component` of a GitLab pipeline for addresses without a version, with `~latest` or a part of a version (`1`), and with a branch. Not reported: a commit, a whole version (`1.2.3`, `1.2`). Severity: medium.",
    why: "A component is jobs of others. Its owner, or who takes over the owner, exchanges them by moving a branch or publishing a version, and the next pipeline runs that with the secrets of this project.",
    fix: "Pin the component to a commit, or to a whole version: `…/component@1.2.3`.",
    references: ["https://docs.gitlab.com/ci/components/#component-versions"],
  },
  *detect(pipeline) {
    for (const include of pipeline.includes) {
      if (include.kind !== "component") continue;
      const { value, place } = include.component;
      const at = value.lastIndexOf("@");
      const version = at < 0 ? undefined : value.slice(at + 1);
      if (version !== undefined && (isCommit(version) || /^v?\d{1,9}\.\d/.test(version))) continue;
      if (version?.startsWith("$") === true && version.includes("CI_COMMIT_SHA")) continue;
      yield {
        subject: `component ${at < 0 ? value : value.slice(0, at)}`,
        title: version === undefined ? `${value} is included without a version` : `${value} has a version that moves`,
        place,
        fix: "pin it to a commit or a whole version: COMPONENT@1.2.3",
      };
    }
  },
});

import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isBranch } from "./gitlab/refs.ts";
import { hostOf } from "./gitlab/urls.ts";

/** Configuration from elsewhere that its owner can exchange. */
export const gitlabUnpinnedInclude = gitlabCheck({
  name: "gitlab-unpinned-include",
  title: "Includes that are not pinned",
  severity: "high",
  documentation: {
    what: "Checks `include` of a GitLab pipeline: `remote` without `integrity`, and `project` without `ref` or with a branch as `ref`. Not reported: a commit, a tag, `local`, and `template` (which come with GitLab). Severity: high for `remote`, medium for `project`.",
    why: "What is included is part of the pipeline: it can add jobs, exchange scripts and read every secret. Who can change the file or the branch needs no access to this project.",
    fix: "Pin `project` to a commit: `ref: 0123…` (40 digits). Give `remote` an `integrity: sha256-…`, or copy the file into the repository.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#includeproject",
      "https://docs.gitlab.com/ci/yaml/#includeremote",
      "https://docs.gitlab.com/ci/yaml/#includeintegrity",
    ],
  },
  *detect(pipeline) {
    for (const include of pipeline.includes) {
      if (include.kind === "remote" && include.integrity === undefined) {
        const { value, place } = include.remote;
        yield {
          subject: `remote ${hostOf(value) ?? value}`,
          title: `${value} is included without integrity`,
          place,
          fix: "add integrity: sha256-…, or copy the file into the repository",
        };
      }
      if (include.kind !== "project") continue;
      const { project, ref } = include;
      if (ref !== undefined && !isBranch(ref.value)) continue;
      yield {
        subject: `project ${project.value}`,
        title:
          ref === undefined
            ? `${project.value} is included without a ref: its default branch decides`
            : `${project.value} is included from the branch ${ref.value}`,
        place: ref?.place ?? project.place,
        severity: "medium",
        fix: "pin it to a commit: ref: COMMIT",
      };
    }
  },
});

import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isFalse } from "./gitlab/parts.ts";
import { isBranch } from "./gitlab/refs.ts";

/** Artifacts of another project that whoever pushes there decides. */
export const gitlabNeedsMutableRef = gitlabCheck({
  name: "gitlab-needs-mutable-ref",
  title: "Artifacts from branches of other projects",
  severity: "medium",
  documentation: {
    what: "Checks `needs:project` of a GitLab pipeline for a `ref` that is a branch or a variable. Not reported: `artifacts: false`. Severity: medium.",
    why: "What the job takes is what the last pipeline of that branch made. Who may push there decides what this project builds or deploys.",
    fix: "Take the artifact of a tag or of a release, or of the package registry by its version and checksum.",
    references: ["https://docs.gitlab.com/ci/yaml/#needsproject"],
  },
  *detect(pipeline) {
    for (const { name, needs = [] } of pipeline.jobs) {
      for (const need of needs) {
        if (need.kind !== "project" || isFalse(need.artifacts) || need.ref === undefined) continue;
        const { value, place } = need.ref;
        if (!value.includes("$") && !isBranch(value)) continue;
        yield {
          subject: `project ${need.project.value}`,
          title: `${name} takes artifacts of ${need.project.value} from ${value}, which moves`,
          place,
          job: name,
          fix: "take the artifacts of a tag or a commit",
        };
      }
    }
  },
});

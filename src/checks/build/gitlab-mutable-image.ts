import { splitImageName } from "../../core/image-name.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { imagesOf } from "./gitlab/parts.ts";

/** Tags that publishers move on purpose. */
const MUTABLE: ReadonlySet<string> = new Set(
  "latest stable edge dev devel develop main master trunk nightly rolling canary beta alpha rc lts current testing unstable oldstable snapshot".split(
    " ",
  ),
);

/** Images of jobs and services whose tag says nothing of their content. */
export const gitlabMutableImage = gitlabCheck({
  name: "gitlab-mutable-image",
  title: "Job images tagged latest or untagged",
  severity: "medium",
  documentation: {
    what: "Checks `image` and `services` of a GitLab pipeline, wherever they stand, for names without a tag and for tags that move with each release: `latest`, `stable`, `edge`, `nightly` and their like. Not reported: names with a digest, and names that a variable decides. Severity: medium.",
    why: "Whoever publishes the image next decides what runs in the job, with its token and its secrets, and no change of the repository shows it.",
    fix: "Name a version, and best its digest: `image: node:24.4-slim@sha256:…`.",
    references: ["https://docs.gitlab.com/ci/yaml/#image", "https://docs.gitlab.com/ci/pipelines/pipeline_security/"],
  },
  *detect(pipeline) {
    for (const { image, job } of imagesOf(pipeline)) {
      const { value, place } = image.name;
      const name = splitImageName(value);
      if (name.digest !== undefined || value.includes("$[[")) continue;
      const { repository, tag } = name;
      // A variable in the last part may hold the tag.
      if (tag === undefined ? value.slice(value.lastIndexOf("/") + 1).includes("$") : !MUTABLE.has(tag)) continue;
      yield {
        subject: `image ${repository}`,
        title:
          tag === undefined
            ? `${value} is untagged (defaults to latest)`
            : `${value} has a tag that moves with each release`,
        place,
        job,
        fix: `name a version and its digest: ${repository}:VERSION@sha256:…`,
        evidence: { image: value },
      };
    }
  },
});

import { splitImageName } from "../../core/image-name.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { imagesOf } from "./gitlab/parts.ts";

/** Images of jobs and services that only a tag names. */
export const gitlabImageWithoutDigest = gitlabCheck({
  name: "gitlab-image-without-digest",
  title: "Job images not pinned by digest",
  severity: "low",
  documentation: {
    what: "Checks `image` and `services` of a GitLab pipeline for names with a version and without a digest. Not reported: names without a version, which `build/gitlab-mutable-image` reports, and names that a variable decides. Severity: low.",
    why: "A tag can be moved to another image. The job then runs it with its token and its secrets.",
    fix: "Write the digest behind the tag: `image: node:24.4-slim@sha256:…`. An updater (Renovate) keeps both current.",
    references: ["https://docs.gitlab.com/ci/yaml/#image"],
  },
  *detect(pipeline) {
    for (const { image, job } of imagesOf(pipeline)) {
      const { value, place } = image.name;
      const { digest, tag, repository } = splitImageName(value);
      if (digest !== undefined || tag === undefined || value.includes("$")) continue;
      yield {
        subject: `image ${repository}`,
        title: `${value} is not pinned by digest`,
        place,
        job,
        fix: `write the digest behind the tag: ${value}@sha256:…`,
        evidence: { image: value },
      };
    }
  },
});

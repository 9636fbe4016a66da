import { splitImageName } from "../../core/image-name.ts";
import { allowedBy, wholeName } from "./dockerfile/registries.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { imagesOf } from "./gitlab/parts.ts";

/** Images of jobs from registries that the policy does not name. */
export const gitlabRegistryNotAllowed = gitlabCheck({
  name: "gitlab-registry-not-allowed",
  title: "Job images from disallowed registries",
  severity: "high",
  documentation: {
    what: "Checks `image` and `services` of a GitLab pipeline against `registries` of the policy. A policy without `registries` allows all. Not reported: names whose registry a variable holds. Severity: high.",
    why: "What comes from elsewhere has passed none of the scans, signatures and rules that the allowed registries have, and runs with the secrets of the job.",
    fix: "Take the image from a registry that the policy names, or mirror it there.",
    references: ["https://docs.gitlab.com/ci/yaml/#image"],
  },
  *detect(pipeline, { registries }) {
    if (registries.length === 0) return;
    const allowed = allowedBy(registries);
    for (const { image, job } of imagesOf(pipeline)) {
      const { value, place } = image.name;
      if ((value.split("/", 1)[0] ?? "").includes("$")) continue;
      const name = wholeName(splitImageName(value));
      if (allowed(name)) continue;
      yield {
        subject: `image ${name}`,
        title: `${name} is from a registry that the policy does not allow`,
        place,
        job,
        fix: "use an image from a registry that the policy allows",
      };
    }
  },
});

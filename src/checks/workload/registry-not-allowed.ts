import { allowedBy, wholeName } from "../build/dockerfile/registries.ts";
import { clip } from "../findings/one-line.ts";
import { imagesOf } from "./hardening/images.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Images from registries that the policy does not name. */
export const registryNotAllowed = workloadCheck({
  name: "registry-not-allowed",
  title: "Container images from disallowed registries",
  severity: "high",
  withoutControl: "where images may come from is the policy's own list, which none of the ten asks for",
  documentation: {
    what: "Checks the image of every container, of every volume of type `image`, and of every service of a Compose file against `registries` of the policy. A name without a registry is Docker Hub's: `nginx` is `docker.io/library/nginx`. A policy without `registries` allows all.",
    why: "What comes from elsewhere has passed none of the scans, signatures and rules that the allowed registries have, and a name that is mistyped is somebody else's.",
    fix: "Pull it through a registry that the policy allows, which can keep a copy of it, or add its registry or directory to `registries`.",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload, registries }) {
    if (registries.length === 0) return;
    const allowed = allowedBy(registries);
    for (const { user, reference, name, path } of imagesOf(workload)) {
      const whole = wholeName(name);
      if (allowed(whole)) continue;
      yield {
        path,
        subject: `${user}: image ${whole}`,
        title: `${clip(whole)} is from a registry the policy does not allow`,
        fix: "pull the image from a registry that the policy allows",
        evidence: { image: clip(reference), registries: clip(registries.join(", ")) },
      };
    }
  },
});

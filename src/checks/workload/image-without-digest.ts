import { isPinned } from "../../core/image-name.ts";
import { wholeName } from "../build/dockerfile/registries.ts";
import { clip } from "../findings/one-line.ts";
import { imagesOf } from "./hardening/images.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Images that a tag names (OCI distribution specification, "Pulling manifests"). */
export const imageWithoutDigest = workloadCheck({
  name: "image-without-digest",
  title: "Container images not pinned by digest",
  severity: "low",
  documentation: {
    what: "Checks the image of every container, of every volume of type `image`, and of every service of a Compose file: one with `@sha256:…` is always the same, one with a tag is what the tag points to when it is pulled. Severity: medium for an invalid digest (`@sha256:abc`).",
    why: "A tag can be moved: by a new release, and by anyone who gets hold of the registry. Two nodes may run two images under one name, and what was scanned and signed is not what runs.",
    fix: "Write the digest behind the tag: `registry.example.com/shop/web:2.4.0@sha256:…`. The tag then tells people, the digest tells the engine; tools for updates change both. `docker buildx imagetools inspect IMAGE` shows it.",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    for (const { user, reference, name, path } of imagesOf(workload)) {
      if (isPinned(name)) continue;
      if (name.digest !== undefined) {
        yield {
          path,
          subject: `${user}: digest of ${wholeName({ ...name, digest: "" }).replace(/@$/, "")}`,
          severity: "medium",
          title: `${clip(reference)} has an invalid digest: no container runtime pulls the image`,
          fix: "write the complete digest: sha256: and 64 lowercase hexadecimal digits",
          evidence: { image: clip(reference) },
        };
        continue;
      }
      yield {
        path,
        subject: `${user}: image ${wholeName(name)}`,
        title: `${clip(reference)} is not pinned by digest`,
        fix: "pin the image: NAME:TAG@sha256:…",
        evidence: { image: clip(reference) },
      };
    }
  },
});

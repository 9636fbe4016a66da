import { isPinned } from "../../core/image-name.ts";
import { wholeName } from "../build/dockerfile/registries.ts";
import { clip } from "../findings/one-line.ts";
import { imagesOf } from "./hardening/images.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Images of the tag `latest`, stated or by default. */
export const imageLatestTag = workloadCheck({
  name: "image-latest-tag",
  title: "Container images tagged latest or untagged",
  severity: "medium",
  documentation: {
    what: "Checks the image of every container, of every volume of type `image`, and of every service of a Compose file. An image without a tag has `latest`. One with a digest is not meant: the tag then says nothing. It also tells where `imagePullPolicy` makes a node keep an old `latest`. A service of a Compose file that is built there is not meant.",
    why: "Nobody can say which version runs, nor go back to the one before. With `imagePullPolicy: IfNotPresent` or `Never` each node runs the `latest` that it pulled first, for months, with the vulnerabilities of that day.",
    fix: "Name the version that is meant, with its digest: `registry.example.com/shop/web:2.4.0@sha256:…`.",
    references: ["https://kubernetes.io/docs/concepts/containers/images/#updating-images"],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    for (const { user, reference, name, pullPolicy, path } of imagesOf(workload)) {
      if (isPinned(name) || (name.tag !== undefined && name.tag !== "latest")) continue;
      const kept = pullPolicy === "IfNotPresent" || pullPolicy === "Never";
      yield {
        path,
        subject: `${user}: image ${wholeName(name)}`,
        title: `${clip(reference)} ${name.tag === undefined ? "is untagged (defaults to latest)" : "is tagged latest"}`,
        ...(kept ? { detail: `imagePullPolicy ${pullPolicy}: each node keeps the image that it pulled first` } : {}),
        fix: "pin a version and its digest: NAME:TAG@sha256:…",
        evidence: {
          image: clip(reference),
          ...(pullPolicy === undefined ? {} : { imagePullPolicy: clip(pullPolicy) }),
        },
      };
    }
  },
});

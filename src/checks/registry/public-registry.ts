import { wholeName } from "../build/dockerfile/registries.ts";
import { clip } from "../findings/one-line.ts";
import { publicRegistry as nameOfPublic } from "../knowledge/public-registries.ts";
import { imagesOf } from "../workload/hardening/images.ts";
import { workloadCheck } from "../workload/kubernetes/workload-check.ts";

/** Images that run straight out of a registry in which anyone may publish. */
export const publicRegistry = workloadCheck({
  name: "public-registry",
  layer: "registry",
  title: "Container images from public registries",
  severity: "low",
  documentation: {
    what: "Checks where the images of containers, of volumes of type `image`, and of services of a Compose file are pulled from, as the manifest states it. Docker Hub is where a name without a registry leads. Not reported: where the policy states `registries`, which `workload/registry-not-allowed` checks. Severity: medium for a name without a registry, else low.",
    why: "A public registry has its own outages, limits and accounts that get stolen, and nothing of yours stands between it and the nodes: what is pushed there a minute ago runs unscanned. A name without a registry is somebody else's by default.",
    fix: "Pull through a registry of your own that verifies and scans first (`registry.upstreams` of the registry guard), and list that one in `registries`.",
    references: [
      "https://kubernetes.io/docs/concepts/containers/images/#image-names",
      "https://cheatsheetseries.owasp.org/cheatsheets/Kubernetes_Security_Cheat_Sheet.html",
    ],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload, registries }) {
    if (registries.length > 0) return;
    for (const { user, reference, name, path } of imagesOf(workload)) {
      const { registry } = name;
      const called = nameOfPublic(registry ?? "docker.io");
      if (called === undefined) continue;
      yield {
        path,
        subject: `${user}: image ${wholeName(name)}`,
        severity: registry === undefined ? "medium" : "low",
        title:
          registry === undefined
            ? `${clip(reference)} has no registry and defaults to Docker Hub`
            : `${clip(reference)} is pulled from ${called}`,
        fix: "pull it through your own registry, and state registries in the policy",
        evidence: { image: clip(reference) },
      };
    }
  },
});

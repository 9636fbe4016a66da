import { containersOf, type PodSpec, type Resources } from "../../engines/kubernetes/model.ts";
import { defaultResources } from "./hardening/limit-ranges.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

const wanted = [
  {
    name: "memory",
    field: "limits",
    severity: "medium",
    without: "it can take all memory of the node, and others are stopped for it",
  },
  { name: "memory", field: "requests", severity: "low", without: "it is put on nodes that have no memory for it" },
  {
    name: "cpu",
    field: "requests",
    severity: "low",
    without: "it is put on nodes that have no time for it, and gets what others leave",
  },
  { name: "cpu", field: "limits", severity: "negligible", without: "it can use up the node's idle time" },
] as const;

/** Containers without limits (Kubernetes, "Resource Management for Pods and Containers"). */
export const missingResourceLimits = workloadCheck<"manifests">({
  name: "missing-resource-limits",
  title: "Missing resource requests or limits",
  severity: "medium",
  documentation: {
    what: "Checks `resources` of every container and of the pod: a limit for memory (medium where it is missing), requests for memory and for CPU (low) and a limit for CPU (negligible, for many leave it out so that idle time is used). A limit counts as a request too, and a `LimitRange` of the namespace that sets a default counts as if it were written. Ephemeral containers cannot have any.",
    why: "A container without a limit for memory takes what it gets: a leak or an attacker uses up the node, and the kernel stops others. Without requests the scheduler puts more on a node than it can carry.",
    fix: "State `requests` from what the container uses, and `limits.memory` above its peak. A `LimitRange` gives defaults to a namespace. Nothing in a manifest says how much a program needs, so no patch is offered.",
    references: [
      "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
      "https://docs.docker.com/reference/compose-file/deploy/#resources",
    ],
  },
  needs: { workload: "complete", manifests: "complete" },
  reads: ["limitRanges"],
  origins: ["kubernetes", "compose"],
  *detect({ workload, manifests }) {
    const { pod, origin, object } = workload;
    const defaults = origin === "compose" ? undefined : defaultResources(manifests, object.namespace ?? "default");
    for (const placed of containersOf(pod)) {
      if (placed.kind === "ephemeral") continue;
      const missing = wanted.filter(({ name, field }) => {
        // Of Compose, only limits of memory are usual.
        if (origin === "compose" && !(name === "memory" && field === "limits")) return false;
        if (has(placed.container.resources, name, field) || hasOfPod(pod, name, field)) return false;
        return defaults?.[field].has(name) !== true;
      });
      const [worst] = missing;
      if (worst === undefined) continue;
      const names = missing.map(({ name, field }) => `${field}.${name}`);
      yield {
        container: placed,
        path: [...placed.path, "resources"],
        subject: "resources",
        severity: worst.severity,
        title: `${titleOf(placed)} has no ${names.join(", ")}: ${worst.without}`,
        fix: `set resources.${names.join(", resources.")} from measured use; a LimitRange sets defaults for the namespace`,
        evidence: { missing: names.join(", ") },
      };
    }
  },
});

function has({ limits, requests }: Resources, name: string, field: "limits" | "requests"): boolean {
  return Object.hasOwn(limits, name) || (field === "requests" && Object.hasOwn(requests, name));
}

function hasOfPod({ resources }: PodSpec, name: string, field: "limits" | "requests"): boolean {
  return resources !== undefined && has(resources, name, field);
}

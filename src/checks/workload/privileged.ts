import type { Graded } from "../../core/finding.ts";
import { containersOf, type PlacedContainer, type PodSpec } from "../../engines/kubernetes/model.ts";
import { nodeUse } from "../knowledge/node-programs.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { usesHost } from "./pod-security/host-use.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/** Fields: `containers[*].securityContext.privileged`. Allowed: false, or not stated. */
export const privileged = podSecurityCheck({
  name: "privileged",
  level: "baseline",
  title: "Privileged containers",
  severity: "critical",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a container runs with `privileged: true`.",
    why: "It has all capabilities, every device of the node, and neither seccomp nor AppArmor in its way: anyone who gets into it mounts the node's disk and owns the node.",
    fix: "Set `privileged: false`, and add the one capability or mount the one device that is needed.",
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    if (placed.container.securityContext?.privileged !== true) continue;
    const path = [...placed.path, "securityContext", "privileged"];
    yield {
      container: placed,
      path,
      subject: "securityContext.privileged",
      title: `${titleOf(placed)} is privileged`,
      fix: {
        text: "set privileged: false; add only the capabilities that are needed",
        patches: usesHost(pod) ? [] : [{ path, op: "set", value: false }],
        graded: unknownUse(pod, placed),
      },
    };
  }
}

function unknownUse(pod: PodSpec, { container }: PlacedContainer): Graded | undefined {
  const use =
    nodeUse(container) ??
    (pod.hostPID === true || pod.hostNetwork === true || pod.hostIPC === true
      ? "the pod shares namespaces of its node"
      : undefined);
  if (use === undefined) return undefined;
  return { grade: "needs knowledge", reason: `${use}, and which capabilities or devices that takes is not known` };
}

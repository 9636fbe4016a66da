import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { exceptOwnUsers, podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const FIELD = ["securityContext", "runAsUser"];

/** Fields: `securityContext.runAsUser` of the pod and its containers. Allowed: other than 0, or not stated. */
export const runAsUser = podSecurityCheck({
  name: "run-as-user",
  level: "restricted",
  title: "Containers running as root (runAsUser: 0)",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether `runAsUser` is 0 for a pod or a container.",
    why: "Root in a container is root for the kernel: most escapes need it.",
    fix: "Set another user's number, or leave `runAsUser` out and have the image name one. Files that it writes must be that user's.",
  },
  rules: [
    { since: 23, violations },
    { since: 35, violations: exceptOwnUsers(violations) },
  ],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  if (pod.securityContext?.runAsUser === 0) {
    yield {
      path: FIELD,
      subject: "securityContext.runAsUser",
      title: "The pod's containers run as root (runAsUser: 0)",
      fix: FIX,
    };
  }
  for (const placed of containersOf(pod)) {
    if (placed.container.securityContext?.runAsUser !== 0) continue;
    yield {
      container: placed,
      path: [...placed.path, ...FIELD],
      subject: "securityContext.runAsUser",
      title: `${titleOf(placed)} runs as root (runAsUser: 0)`,
      fix: FIX,
    };
  }
}

const FIX = "set runAsUser to a non-zero UID, or remove it";

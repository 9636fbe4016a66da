import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { exceptOwnUsers, podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const FIELD = ["securityContext", "runAsNonRoot"];

/**
 * Fields: `securityContext.runAsNonRoot`. Required: true of the pod, or else of each container; false nowhere, not even
 * for the pod where every container says true. From 1.35 on not asked for with hostUsers false.
 */
export const runAsNonRoot = podSecurityCheck({
  name: "run-as-non-root",
  level: "restricted",
  title: "Containers allowed to run as root",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether neither a container nor its pod says `runAsNonRoot: true`, or one of them says false.",
    why: "Whether it runs as root is then left to the image. Root in a container is root for the kernel: most escapes need it.",
    fix: "Set `securityContext.runAsNonRoot: true` for the pod, and in the image a numeric USER other than 0.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  },
  compose: withoutUser,
  rules: [
    { since: 0, violations },
    { since: 35, violations: exceptOwnUsers(violations) },
  ],
});

/** Compose has `user` alone; that it is root `run-as-user` says. */
function* withoutUser({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const stated = { ...pod.securityContext, ...placed.container.securityContext };
    if (stated.runAsUser !== undefined || stated.runAsNonRoot === true) continue;
    yield {
      container: placed,
      path: [...placed.path, "securityContext", "runAsUser"],
      subject: "user",
      title: `Service ${placed.container.name} sets no numeric user`,
      fix: 'set user: "10001:10001"',
    };
  }
}

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  const ofPod = pod.securityContext?.runAsNonRoot;
  if (ofPod === false) {
    yield {
      path: FIELD,
      subject: "securityContext.runAsNonRoot",
      title: "runAsNonRoot: false lets the pod's containers run as root",
      fix: { text: "set runAsNonRoot: true", patches: [{ path: FIELD, op: "set", value: true }] },
    };
  }
  for (const placed of containersOf(pod)) {
    const own = placed.container.securityContext?.runAsNonRoot;
    // Where the pod says false, that is the finding of those that say nothing themselves.
    if (own ?? ofPod !== undefined) continue;
    const path = [...placed.path, ...FIELD];
    yield {
      container: placed,
      path,
      subject: "securityContext.runAsNonRoot",
      title: `${titleOf(placed)} may run as root: runAsNonRoot is ${own === false ? "false" : "not set"}`,
      fix:
        own === false
          ? { text: "set runAsNonRoot: true", patches: [{ path, op: "set", value: true }] }
          : {
              text: "set securityContext.runAsNonRoot: true for the pod",
              patches: [{ path: FIELD, op: "set", value: true }],
            },
    };
  }
}

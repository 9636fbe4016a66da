import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { exceptWindows, podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";
import { SECCOMP_TYPE } from "./pod-security/seccomp-profiles.ts";

/**
 * Fields: `securityContext.seccompProfile.type`. Required: of the pod, or else of each container. That it is one that
 * filters is what `seccomp-baseline` asks for.
 */
export const seccompRestricted = podSecurityCheck({
  name: "seccomp-restricted",
  level: "restricted",
  title: "Seccomp profile not set",
  severity: "medium",
  documentation: {
    what: "Checks whether neither a container nor its pod states a `seccompProfile`.",
    why: "What is not stated is `Unconfined`, unless the kubelet has been set up with `seccompDefault`: every system call of the kernel is open.",
    fix: "Set `securityContext.seccompProfile.type: RuntimeDefault` for the pod.",
    references: ["https://kubernetes.io/docs/tutorials/security/seccomp/"],
  },
  rules: [
    { since: 19, violations },
    { since: 25, violations: exceptWindows(violations) },
  ],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  if (pod.securityContext?.seccompProfile?.type !== undefined) return;
  const without = containersOf(pod).filter(
    ({ container }) => container.securityContext?.seccompProfile?.type === undefined,
  );
  for (const placed of without) {
    yield {
      container: placed,
      path: [...placed.path, ...SECCOMP_TYPE],
      subject: "securityContext.seccompProfile.type",
      title: `${titleOf(placed)} sets no seccomp profile`,
      fix: {
        text: "set securityContext.seccompProfile.type: RuntimeDefault for the pod",
        patches: [{ path: SECCOMP_TYPE, op: "set", value: "RuntimeDefault" }],
      },
    };
  }
}

import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";
import { isSeccompProfile, SECCOMP_TYPE } from "./pod-security/seccomp-profiles.ts";

const OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
const OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

/**
 * Below 1.19 the annotations `seccomp.security.alpha.kubernetes.io/pod` and `container.seccomp…/NAME`. Allowed:
 * `runtime/default`, `docker/default`, `localhost/*`, or not stated. From 1.19 on the fields
 * `securityContext.seccompProfile.type` of the pod and its containers. Allowed: RuntimeDefault, Localhost, or not stated.
 */
export const seccompBaseline = podSecurityCheck({
  name: "seccomp-baseline",
  level: "baseline",
  title: "Seccomp disabled",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a pod or container has `seccompProfile.type: Unconfined`, or one that there is not.",
    why: "Every system call of the kernel is open, those among them that most escapes from containers have gone through.",
    fix: "Set `seccompProfile.type: RuntimeDefault`, or `Localhost` with a profile of its own.",
    references: ["https://kubernetes.io/docs/tutorials/security/seccomp/"],
  },
  rules: [
    { since: 0, violations: annotations },
    { since: 19, violations: fields },
  ],
});

function* annotations({ pod, podMetadata }: ReviewedPod): Generator<Detection> {
  const names = containersOf(pod).map(({ container }) => `${OF_CONTAINER}${container.name}`);
  for (const key of new Set([OF_POD, ...names])) {
    const value = Object.hasOwn(podMetadata.annotations, key) ? podMetadata.annotations[key] : undefined;
    if (value === undefined || /^(?:runtime\/default|docker\/default|localhost\/.*)$/s.test(value)) continue;
    yield {
      from: "template",
      path: ["metadata", "annotations", key],
      subject: `annotation ${key}`,
      title: `Annotation ${key} sets the seccomp profile ${value || "empty"}`,
      fix: `set annotation ${key} to runtime/default`,
    };
  }
}

function* fields({ pod }: ReviewedPod): Generator<Detection> {
  const ofPod = pod.securityContext?.seccompProfile?.type;
  if (ofPod !== undefined && !isSeccompProfile(ofPod)) yield unconfined(ofPod, {}, SECCOMP_TYPE);
  for (const placed of containersOf(pod)) {
    const type = placed.container.securityContext?.seccompProfile?.type;
    if (type === undefined || isSeccompProfile(type)) continue;
    yield unconfined(type, { container: placed }, [...placed.path, ...SECCOMP_TYPE]);
  }
}

function unconfined(type: string, owner: Pick<Detection, "container">, path: Detection["path"]): Detection {
  return {
    ...owner,
    path,
    subject: "securityContext.seccompProfile.type",
    title: `${owner.container === undefined ? "The pod" : titleOf(owner.container)} sets the seccomp profile ${type || "to an empty value"}`,
    fix: {
      text: "set securityContext.seccompProfile.type: RuntimeDefault",
      patches: [{ path, op: "set", value: "RuntimeDefault" }],
    },
  };
}

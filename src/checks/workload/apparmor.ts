import { containersOf, type Profile } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/**
 * Fields: `securityContext.appArmorProfile.type` of the pod and its containers. Allowed: RuntimeDefault, Localhost, or not
 * stated. Annotations `container.apparmor.security.beta.kubernetes.io/*`: `runtime/default`, `localhost/*`, or empty.
 */
export const apparmor = podSecurityCheck({
  name: "apparmor",
  level: "baseline",
  title: "Disallowed AppArmor profiles",
  severity: "medium",
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a pod or container asks for an AppArmor profile that is neither the runtime's nor one of the node's, by field or by annotation.",
    why: "`Unconfined` takes away what keeps a container from mounting, and from the node's settings below /proc and /sys.",
    fix: "Leave the profile out, or set `type: RuntimeDefault`.",
    references: ["https://kubernetes.io/docs/tutorials/security/apparmor/"],
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod, podMetadata }: ReviewedPod): Generator<Detection> {
  yield* wrong(pod.securityContext?.appArmorProfile, {}, []);
  for (const placed of containersOf(pod)) {
    yield* wrong(placed.container.securityContext?.appArmorProfile, { container: placed }, placed.path);
  }
  for (const [key, value] of Object.entries(podMetadata.annotations)) {
    if (!key.startsWith(ANNOTATION) || /^(?:|runtime\/default|localhost\/.*)$/s.test(value)) continue;
    const path = ["metadata", "annotations", key];
    yield {
      from: "template",
      path,
      subject: `annotation ${key}`,
      title: `Container ${key.slice(ANNOTATION.length)} sets the AppArmor profile ${value}`,
      fix: { text: "set the annotation to runtime/default", patches: [{ path, op: "set", value: "runtime/default" }] },
    };
  }
}

function* wrong(
  profile: Profile | undefined,
  owner: Pick<Detection, "container">,
  base: Detection["path"],
): Generator<Detection> {
  const { type } = profile ?? {};
  if (type === undefined || type === "RuntimeDefault" || type === "Localhost") return;
  const path = [...base, "securityContext", "appArmorProfile", "type"];
  yield {
    ...owner,
    path,
    subject: "securityContext.appArmorProfile.type",
    title: `${owner.container === undefined ? "The pod" : titleOf(owner.container)} sets the AppArmor profile ${type}`,
    fix: {
      text: "set securityContext.appArmorProfile.type: RuntimeDefault",
      patches: [{ path, op: "set", value: "RuntimeDefault" }],
    },
  };
}

import { containersOf, type SELinuxOptions } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { type PodSecurityRule, podSecurityCheck } from "./pod-security/pod-security-check.ts";

const TYPES = ["container_t", "container_init_t", "container_kvm_t"];

/**
 * Fields: `securityContext.seLinuxOptions.{type,user,role}` of the pod and its containers. Allowed: the types of
 * containers; user and role empty, or not stated.
 */
export const selinux = podSecurityCheck({
  name: "selinux",
  level: "baseline",
  title: "Disallowed SELinux options",
  severity: "medium",
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a pod or container asks for an SELinux type that is not one for containers, or for a user or role.",
    why: "On nodes with SELinux the type is the wall: `spc_t` and the types of the system's own services may touch the node's files.",
    fix: "Leave `seLinuxOptions` out, or set only `level`, and a type of containers (`container_t`).",
  },
  rules: [
    { since: 0, violations: allowing(TYPES) },
    { since: 31, violations: allowing([...TYPES, "container_engine_t"]) },
  ],
});

function allowing(types: readonly string[]): PodSecurityRule["violations"] {
  return function* ({ pod }) {
    yield* wrong(pod.securityContext?.seLinuxOptions, types, {}, []);
    for (const placed of containersOf(pod)) {
      yield* wrong(placed.container.securityContext?.seLinuxOptions, types, { container: placed }, placed.path);
    }
  };
}

function* wrong(
  options: SELinuxOptions | undefined,
  types: readonly string[],
  owner: Pick<Detection, "container">,
  base: Detection["path"],
): Generator<Detection> {
  for (const field of ["type", "user", "role"] as const) {
    const value = options?.[field];
    if (value === undefined || value === "" || (field === "type" && types.includes(value))) continue;
    const path = [...base, "securityContext", "seLinuxOptions", field];
    yield {
      ...owner,
      path,
      subject: `securityContext.seLinuxOptions.${field} ${value}`,
      title: `${owner.container === undefined ? "The pod" : titleOf(owner.container)} sets the SELinux ${field} ${value}`,
      fix: { text: `remove securityContext.seLinuxOptions.${field}`, patches: [{ path, op: "remove" }] },
    };
  }
}

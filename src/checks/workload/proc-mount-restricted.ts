import { podSecurityCheck } from "./pod-security/pod-security-check.ts";
import { procMounts } from "./pod-security/proc-mounts.ts";

/** Fields: `containers[*].securityContext.procMount`. Allowed: Default, or not stated, whatever hostUsers is. */
export const procMountRestricted = podSecurityCheck({
  name: "proc-mount-restricted",
  level: "restricted",
  title: "Unmasked /proc in a user namespace",
  severity: "medium",
  documentation: {
    what: "Checks whether a container's `procMount` is not `Default` in a pod with `hostUsers: false`, which the level baseline allows from Kubernetes 1.35 on and the level restricted does not.",
    why: "In a user namespace an unmasked /proc gives less away, and still more than a container needs that builds or runs no containers itself.",
    fix: "Leave `procMount` out.",
  },
  // Below 1.35, and without hostUsers false, `proc-mount` says it.
  rules: [{ since: 35, violations: (pod) => (pod.pod.hostUsers === false ? procMounts(pod) : []) }],
});

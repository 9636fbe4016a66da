import { exceptOwnUsers, podSecurityCheck } from "./pod-security/pod-security-check.ts";
import { procMounts } from "./pod-security/proc-mounts.ts";

/** Fields: `containers[*].securityContext.procMount`. Allowed: Default, or not stated; from 1.35 any with hostUsers false. */
export const procMount = podSecurityCheck({
  name: "proc-mount",
  level: "baseline",
  title: "Unmasked /proc",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a container's `procMount` is not `Default`.",
    why: "Runtimes hide parts of /proc and make others read-only: kernel memory, keys, settings of the whole node. Unmasked, root in the container can change them.",
    fix: "Leave `procMount` out. For containers within containers set `hostUsers: false` too (Kubernetes 1.35 on).",
  },
  rules: [
    { since: 0, violations: procMounts },
    { since: 35, violations: exceptOwnUsers(procMounts) },
  ],
});

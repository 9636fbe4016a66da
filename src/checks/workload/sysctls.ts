import { type PodSecurityRule, podSecurityCheck } from "./pod-security/pod-security-check.ts";

/** What is safe because it is of the pod's own namespaces, and the Kubernetes minor version from which on it is allowed. */
const SAFE: Readonly<Record<string, number>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
  "net.ipv4.tcp_slow_start_after_idle": 37,
  "net.ipv4.tcp_notsent_lowat": 37,
};

/** Fields: `securityContext.sysctls[*].name` of the pod. Allowed: the safe ones. */
export const sysctls = podSecurityCheck({
  name: "sysctls",
  level: "baseline",
  title: "Unsafe sysctls",
  severity: "medium",
  documentation: {
    what: "Checks whether a pod sets a sysctl that Kubernetes does not count as safe.",
    why: "It may reach beyond the pod: weaken the node's network, or use up what other pods need.",
    fix: "Leave the setting out, or have it set for the whole node by anyone who runs it.",
    references: ["https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"],
  },
  rules: [rule(0), rule(27), rule(29), rule(32), rule(37)],
});

function rule(since: number): PodSecurityRule {
  const safe = new Set(Object.keys(SAFE).filter((name) => (SAFE[name] ?? 0) <= since));
  return {
    since,
    *violations({ pod }) {
      for (const [index, { name, value }] of (pod.securityContext?.sysctls ?? []).entries()) {
        if (safe.has(name)) continue;
        yield {
          path: ["securityContext", "sysctls", index],
          subject: `sysctl ${name}=${value}`,
          title: `The pod sets the sysctl ${name || "without a name"}`,
          fix: `remove ${name || "the sysctl"} from securityContext.sysctls, or set it on the node`,
        };
      }
    },
  };
}

import type { Spotted } from "./kubernetes/workload-check.ts";
import { usesHost } from "./pod-security/host-use.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const GIVES = {
  hostNetwork: "every address and port of the node, the cloud's metadata service, and no network policy",
  hostPID: "every process of the node, with its environment and its files below /proc",
  hostIPC: "the shared memory of the node's processes",
} as const;

/** Fields: `hostNetwork`, `hostPID`, `hostIPC`. Allowed: false, or not stated. */
export const hostNamespaces = podSecurityCheck({
  name: "host-namespaces",
  level: "baseline",
  title: "Namespaces of the node shared with the pod",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "A pod shares the node's network, process or IPC namespace: `hostNetwork`, `hostPID` or `hostIPC` is true.",
    why: "The wall between the pod and the node's own processes is gone: they can be seen, listened to and, with a capability more, taken over.",
    fix: "Leave the three fields out. What watches nodes belongs into a namespace of its own, with an exception that says why.",
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Spotted> {
  for (const [field, gives] of Object.entries(GIVES) as [keyof typeof GIVES, string][]) {
    if (pod[field] !== true) continue;
    const path = [field];
    yield {
      path,
      subject: field,
      title: `${field} gives the pod ${gives}`,
      fix: { text: `leave ${field} out`, patches: usesHost(pod) ? [] : [{ path, op: "remove" }] },
    };
  }
}

import type { Graded } from "../../core/finding.ts";
import { containersOf, type PodSpec } from "../../engines/kubernetes/model.ts";
import { nodeUse } from "../knowledge/node-programs.ts";
import type { Detection } from "./kubernetes/workload-check.ts";
import { usesHost } from "./pod-security/host-use.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const SHARED = {
  hostNetwork: "the node's network namespace",
  hostPID: "the node's PID namespace",
  hostIPC: "the node's IPC namespace",
} as const;

/** Fields: `hostNetwork`, `hostPID`, `hostIPC`. Allowed: false, or not stated. */
export const hostNamespaces = podSecurityCheck({
  name: "host-namespaces",
  level: "baseline",
  title: "Host namespaces shared with the pod",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a pod shares the node's network, process or IPC namespace: `hostNetwork`, `hostPID` or `hostIPC` is true.",
    why: "The wall between the pod and the node's own processes is gone: they can be seen, listened to and, with a capability more, taken over.",
    fix: "Leave the three fields out. What watches nodes belongs into a namespace of its own, with an exception that says why.",
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const [field, shared] of Object.entries(SHARED) as [keyof typeof SHARED, string][]) {
    if (pod[field] !== true) continue;
    const path = [field];
    yield {
      path,
      subject: field,
      title: `${field}: true shares ${shared}`,
      fix: {
        text: `remove ${field}`,
        patches: usesHost(pod) ? [] : [{ path, op: "remove" }],
        graded: gradedFor(pod, field),
      },
    };
  }
}

/** Of what shares memory with processes of the node nothing else in a manifest tells. */
const SHARES_MEMORY: Graded = {
  grade: "likely",
  reason: "the program may share memory with others of its node, as databases and GPU programs do",
};

function gradedFor(pod: PodSpec, field: keyof typeof SHARED): Graded | undefined {
  const use = useOf(pod);
  if (use !== undefined) return { grade: "needs knowledge", reason: `${use}, which may take ${field}` };
  if (field === "hostNetwork" && callsHost(pod)) {
    return {
      grade: "needs knowledge",
      reason: "its probes call an address of the node, which only hostNetwork answers",
    };
  }
  if (field === "hostNetwork" && containersOf(pod).some(({ container }) => container.securityContext?.privileged)) {
    return { grade: "needs knowledge", reason: "a privileged container may set up the node's network" };
  }
  return field === "hostIPC" ? SHARES_MEMORY : undefined;
}

/** Of the last pod: most that share one namespace share several. */
let last: { readonly pod: PodSpec; readonly use: string | undefined } | undefined;

function useOf(pod: PodSpec): string | undefined {
  if (last?.pod === pod) return last.use;
  let use: string | undefined;
  for (const { container } of containersOf(pod)) use ??= nodeUse(container);
  last = { pod, use };
  return use;
}

function callsHost(pod: PodSpec): boolean {
  return containersOf(pod).some(({ container: { livenessProbe, readinessProbe, startupProbe, lifecycle } }) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].some(
      (handler) => handler?.host !== undefined && handler.host !== "",
    ),
  );
}

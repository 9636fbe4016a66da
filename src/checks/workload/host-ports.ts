import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/**
 * Fields: `containers[*].ports[*].hostPort`. Allowed: 0, or not stated. With `hostNetwork` the API server states each container's
 * port as `hostPort` before anybody is asked (Kubernetes' defaults of a PodSpec), so it counts whether it is written or not.
 */
export const hostPorts = podSecurityCheck({
  name: "host-ports",
  level: "baseline",
  title: "Host ports",
  severity: "medium",
  documentation: {
    what: "Checks whether a container's port has a `hostPort`. With `hostNetwork: true` every port of a container is one, as the API server writes it.",
    why: "The port is open on the node's own addresses, past every Service and Ingress and, with many network plugins, past network policies. Only one such pod fits on a node.",
    fix: "Leave `hostPort` out and put a Service in front of the pods.",
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    for (const [index, port] of placed.container.ports.entries()) {
      const hostPort = port.hostPort || (pod.hostNetwork ? port.containerPort : 0);
      if (hostPort === undefined || hostPort === 0) continue;
      yield {
        container: placed,
        path: [...placed.path, "ports", index, "hostPort"],
        subject: `hostPort ${hostPort}`,
        title: `${titleOf(placed)} uses host port ${hostPort}`,
        fix: `remove ${port.hostPort ? "hostPort" : "hostNetwork"}; expose the pod through a Service`,
      };
    }
  }
}

import { containersOf, type Handler } from "../../engines/kubernetes/model.ts";
import { type Detection, nameOf } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/**
 * Fields: `host` of httpGet and tcpSocket in `livenessProbe`, `readinessProbe`, `startupProbe`, `lifecycle.postStart` and
 * `lifecycle.preStop`. Allowed: empty, or not stated.
 */
export const hostProbes = podSecurityCheck({
  name: "host-probes",
  level: "baseline",
  title: "Probes or hooks with an explicit host",
  severity: "medium",
  documentation: {
    what: "Checks whether a probe or lifecycle hook states a `host`.",
    why: "The kubelet makes the call, from the node's network: anyone who may create pods reaches what no network policy would let them, and learns from the probe's result what answers.",
    fix: "Leave `host` out: the pod's own address is used. A name for virtual hosts belongs into `httpHeaders`.",
  },
  rules: [{ since: 34, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const { livenessProbe, readinessProbe, startupProbe, lifecycle } = placed.container;
    const handlers: readonly [Detection["path"], Handler | undefined][] = [
      [["livenessProbe"], livenessProbe],
      [["readinessProbe"], readinessProbe],
      [["startupProbe"], startupProbe],
      [["lifecycle", "postStart"], lifecycle?.postStart],
      [["lifecycle", "preStop"], lifecycle?.preStop],
    ];
    for (const [field, handler] of handlers) {
      if (handler?.type === undefined || handler.host === undefined || handler.host === "") continue;
      const path = [...placed.path, ...field, handler.type, "host"];
      yield {
        container: placed,
        path,
        subject: `${field.join(".")}.${handler.type}.host ${handler.host}`,
        title: `${field.join(".")} of ${nameOf(placed)} has the kubelet connect to ${handler.host}`,
        // On the node's network the program may listen on that address alone.
        fix:
          pod.hostNetwork === true
            ? "remove host once the pod has its own network, or listens on the node's address"
            : { text: `remove ${field.join(".")}.${handler.type}.host`, patches: [{ path, op: "remove" }] },
      };
    }
  }
}

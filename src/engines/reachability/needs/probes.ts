/** Probes of the kubelet: traffic of the pod's own node, which no NetworkPolicy keeps out. */
import type { PodEndpoint } from "../endpoint-model.ts";
import type { NeedContext } from "./context.ts";
import type { NeedReason } from "./model.ts";

const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;

export function findProbes({ pods, collector }: NeedContext): void {
  for (const one of pods) {
    for (const [index, container] of one.workload.pod.containers.entries()) {
      for (const name of PROBES) {
        const probe = container[name];
        if (probe?.type !== "httpGet" && probe?.type !== "tcpSocket" && probe?.type !== "grpc") continue;
        // Another host is the kubelet's own affair.
        if (probe.host !== undefined && probe.host !== "") continue;
        const field = [...one.workload.podPath, "containers", index, name];
        const place = { object: one.workload.object, field };
        const reason: NeedReason = { kind: "probe", text: `${name} of container ${container.name}`, place };
        for (const port of numbersOf(one, probe.port)) {
          collector.need({ kind: "nodes" }, { kind: "pods", pods: one }, { protocol: "TCP", port }, reason);
        }
      }
    }
  }
}

function numbersOf({ namedPorts }: PodEndpoint, port: number | string | undefined): readonly number[] {
  if (typeof port === "number") return [port];
  return port === undefined ? [] : (namedPorts.get(`TCP/${port}`) ?? []);
}

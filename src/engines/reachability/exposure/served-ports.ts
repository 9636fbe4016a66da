/** The ports that containers of a workload state. */
import { containersOf, type Workload } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { ServedPort, TransportPort } from "./exposure-model.ts";

/** Nothing where it is none of the API's. */
export function transportOf(protocol: string | undefined): TransportPort["protocol"] | undefined {
  const stated = protocol || "TCP";
  return stated === "TCP" || stated === "UDP" || stated === "SCTP" ? stated : undefined;
}

export function isPort(port: number | undefined): port is number {
  return port !== undefined && port >= 1 && port <= 65_535;
}

/**
 * Of containers that run while the pod is ready: the regular ones, then sidecars. What is stated here is documentation to
 * Kubernetes: a container may serve ports that it does not state.
 */
export function portsServed({ workload }: Pick<PodEndpoint, "workload">): readonly ServedPort[] {
  return portsOf(workload);
}

function portsOf({ pod, podPath }: Workload): readonly ServedPort[] {
  const running = containersOf(pod).filter(
    ({ kind, container }) => kind === "container" || (kind === "init" && container.restartPolicy === "Always"),
  );
  const sidecarsLast = running.toSorted((a, b) => Number(a.kind === "init") - Number(b.kind === "init"));
  return sidecarsLast.flatMap(({ container, path }) =>
    container.ports.flatMap(({ name, containerPort, protocol, hostPort, hostIP }, index): ServedPort[] => {
      const transport = transportOf(protocol);
      if (transport === undefined || !isPort(containerPort)) return [];
      return [
        {
          protocol: transport,
          port: containerPort,
          container: container.name,
          field: [...podPath, ...path, "ports", index],
          ...(name === undefined ? {} : { name }),
          ...(isPort(hostPort) ? { hostPort } : {}),
          ...(hostIP === undefined ? {} : { hostIP }),
        },
      ];
    }),
  );
}

/** As the endpoints controller finds a port by name: the first one of that name and protocol (FindPort, pkg/api/v1/pod). */
export function portNamed(
  pod: Pick<PodEndpoint, "workload">,
  name: string,
  protocol: TransportPort["protocol"],
): number | undefined {
  return portsServed(pod).find((port) => port.name === name && port.protocol === protocol)?.port;
}

/** Pods that are open at the addresses of their nodes: host ports, and pods on their node's network. */
import { parseAddress } from "../../../core/ip-address.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { Reach } from "./exposure-model.ts";
import type { Lookup } from "./lookup.ts";
import { isLoopback, isPrivate } from "./private-addresses.ts";
import { portsServed } from "./served-ports.ts";
import { nodeReach } from "./service-ways.ts";
import type { Way } from "./way.ts";

export function hostWays(lookup: Lookup): Way[] {
  const reach = nodeReach(lookup);
  return lookup.network.endpoints.flatMap((endpoint, index) => {
    if (endpoint.kind !== "pods") return [];
    return endpoint.host ? [hostNetwork(endpoint, index, reach)] : hostPorts(endpoint, index, reach);
  });
}

/** Whatever it listens on is a port of the node: what its containers state may be a part of that. */
function hostNetwork(endpoint: PodEndpoint, index: number, reach: Reach): Way {
  const served = portsServed(endpoint);
  const { object, podPath } = endpoint.workload;
  return {
    way: "host-network",
    object,
    field: [...podPath, "hostNetwork"],
    reach,
    listens: served,
    hosts: [],
    source: { kind: "client" },
    behind: [{ endpoint: index, ports: served.length === 0 ? "any" : served }],
    doubts: [],
    deadEnds: [],
  };
}

/** The CNI's portmap forwards to the pod and keeps the client's address (https://www.cni.dev/plugins/current/meta/portmap/). */
function hostPorts(endpoint: PodEndpoint, index: number, reach: Reach): Way[] {
  return portsServed(endpoint).flatMap(({ protocol, port, hostPort, hostIP, field }) => {
    if (hostPort === undefined || isLoopback(hostIP)) return [];
    return [
      {
        way: "host-port" as const,
        object: endpoint.workload.object,
        field,
        reach: isAddress(hostIP) && isPrivate(hostIP) ? { kind: "private", reason: `hostIP: ${hostIP}` } : reach,
        listens: [{ protocol, port: hostPort }],
        hosts: [],
        source: { kind: "client" },
        behind: [{ endpoint: index, ports: [{ protocol, port }] }],
        doubts: [],
        deadEnds: [],
      } satisfies Way,
    ];
  });
}

function isAddress(text: string | undefined): text is string {
  return text !== undefined && parseAddress(text)?.value !== undefined && parseAddress(text)?.value !== 0n;
}

/** Services that are open to outside the cluster: load balancers, ports of nodes, external addresses. */

import { parseAddress } from "../../../core/ip-address.ts";
import type { Service } from "../../kubernetes/model.ts";
import type { ExposureSource, Reach, TransportPort } from "./exposure-model.ts";
import { loadBalancerReach } from "./load-balancer-reach.ts";
import type { Lookup } from "./lookup.ts";
import { isPrivate } from "./private-addresses.ts";
import { isPort, transportOf } from "./served-ports.ts";
import { serviceTargets } from "./service-targets.ts";
import { behindService, type Way } from "./way.ts";

export function serviceWays(lookup: Lookup): Way[] {
  const reach = nodeReach(lookup);
  return lookup.network.manifests.services.flatMap((service) => waysOf(lookup, service, reach));
}

/** A headless Service has no address of its own that could be opened, and an ExternalName is a name alone. */
function waysOf(lookup: Lookup, service: Service, ofNodes: Reach): Way[] {
  const { type, externalIPs, object } = service;
  if (type === "ExternalName" || service.clusterIP === "None") return [];
  const isBalanced = type === "LoadBalancer";
  const hasNodePorts = type === "NodePort" || (isBalanced && hasBalancedNodePorts(service));
  if (!isBalanced && !hasNodePorts && externalIPs.length === 0) return [];
  const { targets, doubts, deadEnds } = serviceTargets(lookup.network, service);
  const base = { object, hosts: [], behind: behindService(service, targets), doubts, deadEnds };
  const isLocal = service.externalTrafficPolicy === "Local";
  const client: ExposureSource = isLocal ? { kind: "client" } : { kind: "node" };
  const ways: Way[] = [];
  if (isBalanced) {
    ways.push({
      ...base,
      way: "load-balancer",
      field: ["spec", "type"],
      reach: loadBalancerReach(service),
      listens: portsOf(service, "port"),
      source: isLocal ? { kind: "client", orBalancer: true } : client,
    });
  }
  if (hasNodePorts) {
    ways.push({
      ...base,
      way: "node-port",
      field: ["spec", "type"],
      reach: ofNodes,
      listens: portsOf(service, "nodePort"),
      source: client,
    });
  }
  if (externalIPs.length > 0) {
    ways.push({
      ...base,
      way: "external-ip",
      field: ["spec", "externalIPs"],
      reach: { kind: externalIPs.every(isPrivate) ? "private" : "internet" },
      listens: portsOf(service, "port"),
      source: client,
    });
  }
  return ways;
}

/** They are given one each unless the Service says not to; a stated one stands whatever it says. */
function hasBalancedNodePorts({ allocateLoadBalancerNodePorts, ports }: Service): boolean {
  return allocateLoadBalancerNodePorts !== false || ports.some(({ nodePort }) => isPort(nodePort));
}

function portsOf({ ports }: Service, name: "port" | "nodePort"): readonly TransportPort[] {
  return ports.flatMap((one) => {
    const protocol = transportOf(one.protocol);
    const port = one[name];
    return protocol === undefined || !isPort(port) ? [] : [{ protocol, port }];
  });
}

/** Nodes with a public address are known to have one; of others it is not known. */
export function nodeReach({ network }: Lookup): Reach {
  const isPublic = network.endpoints.some(
    (endpoint) =>
      endpoint.kind === "node" &&
      endpoint.addresses.some((address) => parseAddress(address) !== undefined && !isPrivate(address)),
  );
  return isPublic ? { kind: "internet", reason: "a node has a public address" } : { kind: "nodes" };
}

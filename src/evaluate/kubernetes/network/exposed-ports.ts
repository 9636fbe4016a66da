/** Ports that are open from outside, one for each way, workload and port. */

import { administrationPorts } from "../../../checks/knowledge/administration-ports.ts";
import { databasePorts } from "../../../checks/knowledge/database-ports.ts";
import type { ExposedPort, WaysIn } from "../../../checks/subjects/network.ts";
import { append } from "../../../core/append.ts";
import type { Gap } from "../../../core/evidence.ts";
import { describeObject } from "../../../engines/kubernetes/model.ts";
import {
  type Exposure,
  type ExposureTarget,
  type ExposureWay,
  intervalsOf,
  type Network,
  type PodEndpoint,
  type PortSet,
} from "../../../engines/reachability/model.ts";
import { isSystemNamespace } from "../namespaces.ts";
import { createUnknowns, nameOf } from "./unknowns.ts";

/** Ports of one workload by one way that are told apart. */
const PORTS = 50;

const WAYS: Readonly<Record<Exclude<ExposureWay, "host-network">, string>> = {
  "load-balancer": "LoadBalancer",
  "node-port": "NodePort",
  "external-ip": "externalIPs",
  "host-port": "hostPort",
  ingress: "Ingress",
  "gateway-api": "Gateway API",
  "openshift-route": "OpenShift Route",
  "istio-gateway": "Istio gateway",
  traefik: "Traefik",
  knative: "Knative",
  other: "another controller",
};

export interface ExposedPorts {
  readonly exposed: WaysIn;
  readonly gaps: readonly Gap[];
}

/** @param unenforced - why what policies deny may be open all the same */
export function exposedPorts(
  network: Network,
  exposures: readonly Exposure[],
  unenforced: readonly Gap[],
): ExposedPorts {
  const ports: ExposedPort[] = [];
  let count = 0;
  const unknowns = createUnknowns();
  for (const exposure of exposures) {
    const { way, reach } = exposure;
    if (way === "host-network" || reach.kind === "private") continue;
    count++;
    for (const target of exposure.targets) {
      if (isSystem(network, target.endpoint)) continue;
      const open = network.enforced === "no" ? target.ports : target.allowed;
      append(ports, openPorts(network, exposure, target, open, WAYS[way]));
      if (network.enforced === "no" || !isSensitive(target.ports)) continue;
      const what = `whether ${describeObject(exposure.object)} opens ${nameOf(network, target.endpoint)}`;
      if (isSensitive(target.unknown)) {
        const [doubt] = target.doubts;
        unknowns.add({
          code: doubt?.code ?? "network.unknown",
          reason: `${what} is unknown: ${doubt?.reason ?? "policies do not tell"}`,
        });
      } else if (target.verdict === "denied") for (const gap of unenforced) unknowns.add(gap);
    }
  }
  return { exposed: { count, ports }, gaps: unknowns.gaps() };
}

function openPorts(
  network: Network,
  { object, field, reach }: Exposure,
  { endpoint, fromEverywhere }: ExposureTarget,
  open: PortSet,
  way: string,
): ExposedPort[] {
  if (reach.kind === "private") return [];
  const { kind } = reach;
  const everywhere = new Set(portsOf(fromEverywhere).map(({ protocol, port }) => `${port}/${protocol}`));
  const isLimited = reach.ranges !== undefined && !reach.ranges.some(({ first, last }) => last - first >= 1n << 31n);
  return portsOf(open).map(({ protocol, port }) => ({
    way,
    opener: { object, field },
    reach: kind,
    restricted: isLimited || (network.enforced !== "no" && !everywhere.has(`${port}/${protocol}`)),
    workload: nameOf(network, endpoint),
    protocol,
    port,
  }));
}

/** Of what is open on all ports, those that are known for what listens there. */
function portsOf(set: PortSet): { readonly protocol: "TCP" | "UDP" | "SCTP"; readonly port: number }[] {
  return intervalsOf(set).flatMap(({ protocol, first, last }) => {
    if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") return [];
    if (last - first < PORTS) {
      return Array.from({ length: last - first + 1 }, (_, at) => ({ protocol, port: first + at }));
    }
    return sensitivePorts().flatMap((port) =>
      protocol === "TCP" && first <= port && port <= last ? [{ protocol, port }] : [],
    );
  });
}

function sensitivePorts(): readonly number[] {
  return [...administrationPorts.keys(), ...databasePorts.keys()];
}

function isSensitive(set: PortSet): boolean {
  return portsOf(set).some(
    ({ protocol, port }) => protocol === "TCP" && (administrationPorts.has(port) || databasePorts.has(port)),
  );
}

function isSystem({ endpoints }: Network, index: number): boolean {
  return isSystemNamespace((endpoints[index] as PodEndpoint).namespace);
}

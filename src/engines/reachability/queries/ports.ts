/** Ports as they are written, as the destination's own: names by its containers, a Service's by its targetPort. */
import type { ServicePort } from "../../kubernetes/model.ts";
import type { ServiceTargets } from "../exposure/exposure-model.ts";
import type { Endpoint, Network, PortInterval, PortSet } from "../model.ts";
import { Mistake } from "./peer-syntax.ts";
import type { Selection } from "./peers.ts";
import type { PortEntry, PortTerm } from "./port-syntax.ts";

/**
 * None where the destination gives no port that name.
 *
 * @throws Mistake where a Service has no such port
 */
export function portsAt(
  { portSets, endpoints }: Network,
  { service, term }: Selection,
  index: number,
  ports: PortTerm | undefined,
): PortSet {
  if (ports === undefined) return portSets.all;
  const { protocol } = ports;
  const endpoint = endpoints[index] as Endpoint;
  const intervals = ports.ports.flatMap((entry): PortInterval[] => {
    if (service !== undefined && !service.headless) return translated(service, index, entry, protocol, term.text);
    if (!("name" in entry)) return [{ protocol, ...entry }];
    return numbersOf(endpoint, protocol, entry.name).map((port) => ({ protocol, first: port, last: port }));
  });
  return portSets.of(intervals);
}

function translated(
  { service, targets }: ServiceTargets,
  index: number,
  entry: PortEntry,
  protocol: PortInterval["protocol"],
  name: string,
): PortInterval[] {
  const asked = service.ports.filter((port) => isAsked(port, entry, protocol));
  if (asked.length === 0) {
    const known = service.ports
      .filter((port) => protocolOf(port) === protocol)
      .map(({ port, name: called }) => (called === undefined ? `${port}` : `${port} (${called})`));
    throw new Mistake(
      `Service ${name} has no port ${entryText(entry)}/${protocol}`,
      known.length === 0 ? undefined : `it has ${known.join(", ")}`,
    );
  }
  return targets
    .filter(
      ({ endpoint, servicePort }) => endpoint === index && asked.includes(service.ports[servicePort] as ServicePort),
    )
    .map(({ port }) => ({ protocol, first: port, last: port }));
}

function isAsked({ name, port, ...rest }: ServicePort, entry: PortEntry, protocol: PortInterval["protocol"]): boolean {
  if (protocolOf(rest) !== protocol) return false;
  return "name" in entry ? name === entry.name : port !== undefined && entry.first <= port && port <= entry.last;
}

function entryText(entry: PortEntry): string {
  if ("name" in entry) return entry.name;
  return entry.first === entry.last ? `${entry.first}` : `${entry.first}-${entry.last}`;
}

function numbersOf(endpoint: Endpoint, protocol: string, name: string): readonly number[] {
  return endpoint.kind === "pods" ? (endpoint.namedPorts.get(`${protocol}/${name}`) ?? []) : [];
}

function protocolOf({ protocol }: Pick<ServicePort, "protocol">): string {
  return protocol || "TCP";
}

/** `port 80 leads to port 3000`, of the ports that are asked for; empty where the Service has none of them. */
export function portsOfService(
  { service: { ports }, headless, targets }: ServiceTargets,
  asked: PortTerm | undefined,
): string {
  if (headless) return "headless: its ports are the pods' own";
  return ports
    .map((port, index) => ({ port, index }))
    .filter(({ port }) => asked?.ports.some((entry) => isAsked(port, entry, asked.protocol)) !== false)
    .slice(0, 5)
    .map(({ port, index }) => {
      const numbers = new Set(targets.filter(({ servicePort }) => servicePort === index).map((target) => target.port));
      return `port ${port.port ?? port.name ?? "?"} leads to port ${[...numbers].join(", ") || "none"}`;
    })
    .join("; ");
}

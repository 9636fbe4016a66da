/** Ports as they are written, as the destination's own: names by its containers, a Service's by its targetPort. */
import type { Service, ServicePort } from "../../kubernetes/model.ts";
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
  const isHeadless = service?.clusterIP === "None";
  const intervals = ports.ports.flatMap((entry): PortInterval[] => {
    if (service !== undefined && !isHeadless) return translated(service, entry, protocol, endpoint, term.text);
    if (!("name" in entry)) return [{ protocol, ...entry }];
    return numbersOf(endpoint, protocol, entry.name).map((port) => ({ protocol, first: port, last: port }));
  });
  return portSets.of(intervals);
}

function translated(
  service: Service,
  entry: PortEntry,
  protocol: PortInterval["protocol"],
  endpoint: Endpoint,
  name: string,
): PortInterval[] {
  const own = service.ports.filter((port) => (port.protocol ?? "TCP") === protocol);
  const asked = own.filter(({ name: called, port }) =>
    "name" in entry ? called === entry.name : port !== undefined && entry.first <= port && port <= entry.last,
  );
  if (asked.length === 0) {
    const text =
      "name" in entry ? entry.name : entry.first === entry.last ? `${entry.first}` : `${entry.first}-${entry.last}`;
    const known = own.map(({ port, name: called }) => (called === undefined ? `${port}` : `${port} (${called})`));
    throw new Mistake(
      `Service ${name} has no port ${text}/${protocol}`,
      known.length === 0 ? undefined : `it has ${known.join(", ")}`,
    );
  }
  return asked
    .flatMap((port) => targetsOf(port, endpoint, protocol))
    .map((port) => ({ protocol, first: port, last: port }));
}

/** Where a Service's port leads to at one pod: a pod without a port of the name gets no traffic. */
export function targetsOf(
  { port, targetPort }: ServicePort,
  endpoint: Endpoint,
  protocol: PortInterval["protocol"],
): readonly number[] {
  if (typeof targetPort === "string") return numbersOf(endpoint, protocol, targetPort);
  const number = targetPort ?? port;
  return number === undefined ? [] : [number];
}

function numbersOf(endpoint: Endpoint, protocol: string, name: string): readonly number[] {
  return endpoint.kind === "pods" ? (endpoint.namedPorts.get(`${protocol}/${name}`) ?? []) : [];
}

/** `port 80 leads to port 3000`, of the ports that are asked for; empty where the Service has none of them. */
export function portsOfService(network: Network, selection: Selection, ports: PortTerm | undefined): string {
  const { service, members } = selection;
  if (service === undefined || service.clusterIP === "None") return "";
  const example = network.endpoints[members[0] as number] as Endpoint;
  return service.ports
    .filter(({ port, name, protocol = "TCP" }) => {
      if (ports === undefined) return true;
      return (
        protocol === ports.protocol &&
        ports.ports.some((entry) =>
          "name" in entry ? entry.name === name : port !== undefined && entry.first <= port && port <= entry.last,
        )
      );
    })
    .slice(0, 5)
    .map((port) => {
      const targets = targetsOf(port, example, protocolOf(port));
      return `port ${port.port ?? port.name ?? "?"} leads to port ${targets.length === 0 ? "none" : targets.join(", ")}`;
    })
    .join("; ");
}

function protocolOf({ protocol }: ServicePort): "TCP" | "UDP" | "SCTP" {
  return protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP";
}

/** What netpol-analyzer's `list` command prints, as connections. */
import {
  addOutside,
  addWithin,
  type Connections,
  EVERY_PORT,
  noConnections,
  type Ports,
  parseIpv4,
  portsOf,
  type Range,
} from "./connections.ts";

/** One network that was analysed: the cluster's own, or one of those that pods are attached to beside or in its place. */
export interface Section {
  /** `Pod network`, `primary UDN green`, `secondary NAD macvlan1`. */
  readonly network: string;
  readonly connections: Connections;
}

export const POD_NETWORK = "Pod network";

/** @throws Error - names the line that it does not know */
export function parseExpected(text: string): Section[] {
  const sections: Section[] = [];
  let current: Section | undefined;
  const open = (network: string): Section => {
    const section = { network, connections: noConnections() };
    sections.push(section);
    return section;
  };
  let isMapping = false;
  for (const written of text.split("\n")) {
    const line = written.trim();
    if (line === "") continue;
    const [, network] = /^Permitted connectivity analyzed in (.+):$/.exec(line) ?? [];
    if (network !== undefined) {
      current = open(network);
      isMapping = false;
    } else if (line === "Workload-to-Networks Mapping:") isMapping = true;
    else if (
      isMapping ||
      line.startsWith("All connections are not allowed") ||
      line.startsWith("all input workloads")
    ) {
      // Says which workload is in which network, or that there is nothing to say.
    } else {
      current ??= open(POD_NETWORK);
      readConnection(line, current.connections);
    }
  }
  return sections;
}

function readConnection(line: string, connections: Connections): void {
  const [, from = "", to = "", ports] = /^(\S+) => (\S+) : (.+)$/.exec(line) ?? [];
  if (ports === undefined) throw new Error(`no connection: ${line}`);
  const said = { allowed: parsePorts(ports), unknown: [] };
  const [source, target] = [rangeOf(from), rangeOf(to)];
  if (source !== undefined) addOutside(connections.incoming, workload(to), { ...source, ...said });
  else if (target !== undefined) addOutside(connections.outgoing, workload(from), { ...target, ...said });
  else addWithin(connections, workload(from), workload(to), said);
}

/** `10.0.0.0-10.255.255.255[External]` */
function rangeOf(text: string): Range | undefined {
  const [, first = "", last = ""] = /^([\d.]+)-([\d.]+)(?:\[External\])?$/.exec(text) ?? [];
  const [a, b] = [parseIpv4(first), parseIpv4(last)];
  return a === undefined || b === undefined ? undefined : { first: a, last: b };
}

/** Of a workload on a network of its namespace the namespace is marked: `green[udn]/web[Pod]`. */
function workload(text: string): string {
  return text.replace(/^([^[/]+)\[c?udn\]\//, "$1/");
}

/** `TCP 80,8080-8090,UDP 53`, `All Connections`. */
function parsePorts(text: string): Ports {
  if (text === "All Connections") return EVERY_PORT;
  const intervals: { protocol: string; first: number; last: number }[] = [];
  let protocol = "";
  for (const part of text.split(",")) {
    const [, named, first, last] = /^(?:(TCP|UDP|SCTP) )?(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    protocol = named ?? protocol;
    if (first === undefined || protocol === "") throw new Error(`no ports: ${text}`);
    intervals.push({ protocol, first: Number(first), last: Number(last ?? first) });
  }
  return portsOf(intervals);
}

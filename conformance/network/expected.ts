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

export interface Expected {
  /** Of the pod network and of primary networks in its place: each workload is on one of them. */
  readonly connections: Connections;
  /** Networks that workloads are attached to beside it: `secondary NAD macvlan1`. */
  readonly secondary: readonly string[];
}

/** @throws Error - names the line that it does not know */
export function parseExpected(text: string): Expected {
  const connections = noConnections();
  const secondary: string[] = [];
  let state: "read" | "skip" = "read";
  for (const written of text.split("\n")) {
    const line = written.trim();
    if (line === "") continue;
    const [, network] = /^Permitted connectivity analyzed in (.+):$/.exec(line) ?? [];
    if (network !== undefined) {
      state = network.startsWith("secondary ") ? "skip" : "read";
      if (state === "skip") secondary.push(network);
    } else if (line === "Workload-to-Networks Mapping:") state = "skip";
    else if (state === "read" && !NOTHING.test(line)) readConnection(line, connections);
  }
  return { connections, secondary };
}

/** In place of connections, where there is none. */
const NOTHING = /^(?:All connections are not allowed|all input workloads are configured) /;

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

/** toPorts and icmps: https://docs.cilium.io/en/latest/security/policy/layer4/, and pkg/policy/api/l4.go and icmp.go */
import { append } from "../../../core/append.ts";
import { formatFieldPath } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PortInterval, Protocol } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import type { Doubt, NamedPort, RulePorts } from "../rule-model.ts";
import { icmpTypes } from "./icmp-types.ts";
import { narrowingOf } from "./requests.ts";

/** What one entry of toPorts, or all of icmps, are about. */
export interface CiliumPorts {
  readonly field: readonly (string | number)[];
  readonly ports: RulePorts;
  readonly narrowing?: string;
  readonly doubt?: Doubt;
}

export interface PortsContext {
  readonly reading: Reading;
  readonly direction: "ingress" | "egress";
  readonly action: "accept" | "deny";
  readonly readsRequests: boolean;
  refuse(reason: string): void;
}

const LAST = 65_535;
const ENTRIES = 40;

/** Undefined where a rule has neither: it is about every port, ICMP too. */
export function readCiliumPorts(context: PortsContext, rule: Fields): readonly CiliumPorts[] | undefined {
  const { refuse } = context;
  const toPorts = rule.list("toPorts");
  const icmps = rule.list("icmps");
  const path = formatFieldPath(rule.path());
  if (toPorts.length > 0 && icmps.length > 0) refuse(`${path} has both toPorts and icmps`);
  if (toPorts.length === 0 && icmps.length === 0) return undefined;
  const entries = toPorts.map((entry) => readEntry(context, entry));
  return icmps.length === 0 ? entries : [...entries, readIcmp(context, rule, icmps)];
}

function readEntry(context: PortsContext, entry: Fields): CiliumPorts {
  const { reading, refuse, action } = context;
  const path = formatFieldPath(entry.path());
  const known = action === "accept" ? PORT_RULE : ["ports"];
  for (const key of entry.keys) if (!known.includes(key)) refuse(`${path}.${key} is not a field of it`);
  const listed = entry.list("ports");
  if (listed.length > ENTRIES) refuse(`${path}.ports has more than ${ENTRIES} entries`);
  const intervals: PortInterval[] = [];
  const named: NamedPort[] = [];
  let doubt: Doubt | undefined;
  for (const one of listed.slice(0, ENTRIES)) {
    const read = readPort(one, refuse);
    append(intervals, read.intervals);
    append(named, read.named);
    doubt ??= read.doubt;
  }
  const narrowing = action === "accept" ? narrowingOf(context, entry) : undefined;
  // An entry without ports is about none.
  return {
    field: entry.path(),
    ports: { numbers: reading.portSets.of(intervals), named },
    ...(narrowing === undefined ? {} : { narrowing }),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

const PORT_RULE = ["ports", "rules", "listener", "serverNames", "terminatingTLS", "originatingTLS"];

interface ReadPort {
  readonly intervals: readonly PortInterval[];
  readonly named: readonly NamedPort[];
  readonly doubt?: Doubt;
}

const NOTHING: ReadPort = { intervals: [], named: [] };
const WITH_PORTS: readonly Protocol[] = ["TCP", "UDP", "SCTP"];
const PORTLESS = ["VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH"];

const OTHER_PROTOCOL: Doubt = {
  code: "network.cilium-protocol",
  reason: "it is about one of the protocols without ports, which are not told apart here",
};

function readPort(fields: Fields, refuse: (reason: string) => void): ReadPort {
  const path = formatFieldPath(fields.path());
  for (const key of fields.keys) {
    if (key !== "port" && key !== "endPort" && key !== "protocol") refuse(`${path}.${key} is not a field of a port`);
  }
  const port = fields.string("port") ?? "";
  const endPort = fields.integer("endPort") ?? 0;
  if (endPort < 0 || endPort > LAST) refuse(`${path}.endPort: ${endPort} is not from 0 to ${LAST}`);
  const protocol = fields.string("protocol") ?? "";
  if (PORTLESS.includes(protocol)) {
    if (port !== "" && port !== "0") refuse(`${path}.port: ${protocol} has no ports`);
    return { intervals: [{ protocol: "other", first: 0, last: 0 }], named: [], doubt: OTHER_PROTOCOL };
  }
  const icmp: Protocol | undefined = protocol === "ICMP" ? "ICMP" : protocol === "ICMPV6" ? "ICMPv6" : undefined;
  const found: readonly Protocol[] | undefined = icmp === undefined ? protocolsOf(protocol) : [icmp];
  if (found === undefined) {
    refuse(`${path}.protocol: ${protocol} is not a protocol`);
    return NOTHING;
  }
  if (isPortName(port)) {
    // endPort beside a name is ignored.
    const of = protocol === "TCP" || protocol === "UDP" || protocol === "SCTP" ? protocol : "any";
    if (icmp !== undefined) refuse(`${path}.port: ${port} is not a type of ${protocol}`);
    return { intervals: [], named: [{ protocol: of, name: port.toLowerCase() }] };
  }
  const first = numberOf(port);
  if (first === undefined) {
    refuse(`${path}.port: ${port === "" ? "a port must be stated" : `${port} is not a port`}`);
    return NOTHING;
  }
  // The port 0 is all of the protocol.
  const last = first === 0 ? LAST : Math.max(first, Math.min(endPort, LAST));
  return { intervals: found.map((one) => ({ protocol: one, first, last })), named: [] };
}

function protocolsOf(protocol: string): readonly Protocol[] | undefined {
  if (protocol === "" || protocol === "ANY") return WITH_PORTS;
  const one = WITH_PORTS.find((known) => known === protocol);
  return one === undefined ? undefined : [one];
}

/** An IANA service name: a number in another base than ten is one too. */
function isPortName(text: string): boolean {
  return text.length <= 15 && /^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/.test(text) && /[A-Za-z]/.test(text);
}

/** Go's strconv with base 0: a leading zero is base eight. */
function numberOf(text: string): number | undefined {
  const number = /^0[0-7]+$/.test(text)
    ? Number.parseInt(text, 8)
    : /^(?:0|[1-9]\d{0,4})$/.test(text)
      ? Number(text)
      : LAST + 1;
  return number <= LAST ? number : undefined;
}

function readIcmp({ reading, refuse }: PortsContext, rule: Fields, icmps: readonly Fields[]): CiliumPorts {
  const intervals = icmps.flatMap((entry) => {
    const path = formatFieldPath(entry.path());
    const fields = entry.list("fields");
    if (fields.length > ENTRIES) refuse(`${path}.fields has more than ${ENTRIES} entries`);
    return fields.slice(0, ENTRIES).flatMap((one): PortInterval[] => {
      const family = one.string("family") ?? "IPv4";
      const stated = one.integerOrString("type");
      const protocol = family === "IPv6" ? "ICMPv6" : "ICMP";
      const type = typeof stated === "string" ? (icmpTypes[protocol].get(stated) ?? decimal(stated)) : stated;
      if (family !== "IPv4" && family !== "IPv6")
        refuse(`${formatFieldPath(one.path())}.family: ${family} is no family`);
      if (type === undefined || type < 0 || type > 255) {
        refuse(`${formatFieldPath(one.path())}.type: ${stated ?? "missing"} is not a type of ${protocol}`);
        return [];
      }
      return [{ protocol, first: type, last: type }];
    });
  });
  return { field: [...rule.path(), "icmps"], ports: { numbers: reading.portSets.of(intervals), named: [] } };
}

function decimal(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

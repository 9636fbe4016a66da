import type { PortInterval, PortSets } from "../port-set.ts";
import type { NamedPort, RulePorts } from "../rule-model.ts";

/** One entry of a policy's ports, as it is stated. */
export interface StatedPort {
  /** For what is refused: `spec.ingress[0].ports[1]`. */
  readonly path: string;
  readonly protocol: string;
  /** Absent: every port of the protocol. A text of digits alone is no number to the API. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;

/** As validation of networking.k8s.io/v1 has it: endPort takes a port by number, from which it does not go back. */
export function readPorts(sets: PortSets, stated: readonly StatedPort[], refuse: (reason: string) => void): RulePorts {
  const intervals: PortInterval[] = [];
  const named: NamedPort[] = [];
  for (const { path, protocol: text, port, endPort } of stated) {
    const protocol = PROTOCOLS.find((one) => one === text);
    if (protocol === undefined) {
      refuse(`${path}.protocol: ${text} is none of ${PROTOCOLS.join(", ")}`);
      continue;
    }
    if (port === undefined) {
      if (endPort !== undefined) refuse(`${path}.endPort stands without a port`);
      intervals.push({ protocol, first: 0, last: 65_535 });
    } else if (typeof port === "string") {
      if (endPort !== undefined) refuse(`${path}.endPort stands beside a port by name`);
      if (!isPortName(port)) refuse(`${path}.port: ${port} is not a port's name`);
      named.push({ protocol, name: port });
    } else {
      if (!isPort(port)) refuse(`${path}.port: ${port} is not from 1 to 65535`);
      if (endPort !== undefined && (!isPort(endPort) || endPort < port)) {
        refuse(`${path}.endPort: ${endPort} is not from ${port} to 65535`);
      }
      intervals.push({ protocol, first: port, last: endPort ?? port });
    }
  }
  return { numbers: sets.of(intervals), named };
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** An IANA service name: letters, digits and single hyphens, at least one letter, 15 characters at most. */
function isPortName(name: string): boolean {
  return name.length <= 15 && /^[a-z0-9](?:-?[a-z0-9])*$/.test(name) && /[a-z]/.test(name);
}

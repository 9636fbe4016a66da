import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { ContainerPort } from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";
import { entriesOf, splitOutside } from "./mounts.ts";

/** A range of more ports than this gives its first and last. */
const MOST_PORTS = 1024;

/** `ports` of a service: each is published on the host, at `hostPort` where one is stated. */
export function portsOf(
  fields: Fields,
  places: Map<string, FieldPath>,
  container: FieldPath,
): { readonly ports: ContainerPort[] } {
  const ports: ContainerPort[] = [];
  const seen = new Set<string>();
  entriesOf(fields, "ports").forEach((entry, index) => {
    for (const port of typeof entry === "string" ? shortPorts(entry) : [longPort(entry)]) {
      const { hostIP = "", hostPort = "", containerPort, protocol = "TCP" } = port;
      const key = `${hostIP} ${hostPort} ${containerPort} ${protocol}`;
      if (seen.has(key)) continue;
      seen.add(key);
      places.set(formatFieldPath([...container, "ports", ports.length]), [...fields.path(), "ports", index]);
      ports.push(port);
    }
  });
  return { ports };
}

/** `[[HOST_IP:][HOST_PORT]:]PORT[/PROTOCOL]`, where ports may be ranges and the address may be IPv6, in brackets or not. */
function shortPorts(text: string): ContainerPort[] {
  const [address = "", protocol] = text.split("/", 2);
  const parts = splitOutside(address);
  const [first, last] = range(parts.at(-1));
  const [hostFirst, hostLast] = parts.length > 1 ? range(parts.at(-2)) : [undefined, undefined];
  const rest = parts.slice(0, -2).join(":");
  const hostIP = parts.length > 2 ? rest.replace(/^\[(.*)\]$/, "$1") : undefined;
  const port = (offset: number): ContainerPort =>
    stated({
      containerPort: first === undefined ? undefined : first + offset,
      hostPort: hostFirst === undefined ? undefined : hostFirst + (first === last ? 0 : offset),
      hostIP,
      protocol: protocol?.toUpperCase(),
    });
  // Of several ports of the host for one of the container any may be taken.
  const one = first === undefined || last === undefined || last <= first;
  if (one || (hostFirst !== undefined && hostLast === undefined)) return [port(0)];
  const size = last - first;
  return size > MOST_PORTS ? [port(0), port(size)] : Array.from({ length: size + 1 }, (_, offset) => port(offset));
}

function longPort(entry: Fields): ContainerPort {
  return stated({
    name: entry.string("name"),
    containerPort: range(entry.scalar("target"))[0],
    hostPort: range(entry.scalar("published"))[0],
    hostIP: entry.string("host_ip"),
    protocol: entry.string("protocol")?.toUpperCase(),
  });
}

function range(text: string | undefined): readonly [number, number] | readonly [undefined, undefined] {
  const [, first, last = first] = /^([0-9]{1,5})(?:-([0-9]{1,5}))?/.exec(text ?? "") ?? [];
  return first === undefined ? [undefined, undefined] : [Number(first), Number(last)];
}

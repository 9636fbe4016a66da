import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { ContainerPort } from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";
import { entriesOf } from "./volumes.ts";

/** `ports` of a service: each is published on the host, at `hostPort` where one is stated. Ranges give their first port. */
export function portsOf(
  fields: Fields,
  places: Map<string, FieldPath>,
  container: FieldPath,
): { readonly ports: ContainerPort[] } {
  const ports = entriesOf(fields, "ports").map((entry, index): ContainerPort => {
    places.set(formatFieldPath([...container, "ports", index]), [...fields.path(), "ports", index]);
    return typeof entry === "string" ? shortPort(entry) : longPort(entry);
  });
  return { ports };
}

/** `[[HOST_IP:][HOST_PORT]:]PORT[/PROTOCOL]`, where the address may be IPv6 in brackets. */
function shortPort(text: string): ContainerPort {
  const [address = "", protocol] = text.split("/", 2);
  const parts = /^(?:\[([^\]]*)\]:)?(.*)$/.exec(address);
  const rest = (parts?.[2] ?? "").split(":");
  const containerPort = first(rest.at(-1));
  const hostPort = rest.length > 1 ? first(rest.at(-2)) : undefined;
  const hostIP = parts?.[1] ?? (rest.length > 2 ? rest.slice(0, -2).join(":") : undefined);
  return stated({ containerPort, hostPort, hostIP, protocol: protocol?.toUpperCase() });
}

function longPort(entry: Fields): ContainerPort {
  return stated({
    name: entry.string("name"),
    containerPort: first(entry.scalar("target")),
    hostPort: first(entry.scalar("published")),
    hostIP: entry.string("host_ip"),
    protocol: entry.string("protocol")?.toUpperCase(),
  });
}

function first(range: string | undefined): number | undefined {
  const found = /^[0-9]{1,5}/.exec(range ?? "")?.[0];
  return found === undefined ? undefined : Number(found);
}

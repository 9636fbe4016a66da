/**
 * ServiceEntry: what lies outside and is in the registry, as ends of connections.
 * Source: https://istio.io/latest/docs/reference/config/networking/service-entry/
 *
 * Where a proxy connects to follows from the resolution: DNS to the names (its own, or those of its endpoints), STATIC
 * to the endpoints' addresses, NONE to wherever the client was going. With NONE a name is all that is compared (the SNI,
 * the Host header), and without a name that the protocol carries every address is let through.
 */
import { someOf } from "../../../core/counted.ts";
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { PortInterval } from "../port-set.ts";
import type { Peer } from "../rule-model.ts";
import { selectorOfLabels } from "../selector.ts";
import type { IstioContext } from "./context.ts";
import { namespaceOf } from "./mesh-config.ts";

export interface ServiceEntry {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly exportTo: readonly string[];
  /** By the port that clients connect to. */
  readonly reached: readonly ReachedPort[];
}

export interface ReachedPort {
  readonly port: number;
  readonly peers: readonly Peer[];
  /** At the other end. */
  readonly ports: readonly PortInterval[];
  readonly narrowing?: string;
}

/** Protocols that carry a name which the proxy compares. */
const NAMED: ReadonlySet<string> = new Set(["HTTP", "HTTP2", "HTTPS", "GRPC", "GRPC-WEB", "TLS"]);

export function readServiceEntries(context: IstioContext): readonly ServiceEntry[] {
  return context.reading.objectsOf("networking.istio.io", "ServiceEntry").flatMap((object) => {
    let entry: ServiceEntry | undefined;
    const namespace = namespaceOf(object);
    // It allows and denies nothing by itself: what cannot be read of it is a gap, and no pod is unknown for it.
    context.reading.policy(object, [], ({ spec, refuse }) => {
      const hosts = spec.strings("hosts").map((host) => host.toLowerCase());
      if (hosts.length === 0) refuse("spec.hosts is missing");
      entry = {
        object,
        namespace,
        hosts,
        exportTo: spec.strings("exportTo"),
        reached: reachedBy(context, spec, hosts, namespace, refuse),
      };
    });
    return entry === undefined ? [] : [entry];
  });
}

function reachedBy(
  { reading }: IstioContext,
  spec: Fields,
  hosts: readonly string[],
  namespace: string,
  refuse: (reason: string) => void,
): readonly ReachedPort[] {
  const resolution = spec.string("resolution") ?? "NONE";
  const addresses = spec.strings("addresses").flatMap((address) => parseCidr(address) ?? []);
  const endpoints = spec.list("endpoints");
  const labels = spec.fields("workloadSelector")?.stringMap("labels");
  return spec.list("ports").flatMap((fields): ReachedPort[] => {
    const port = fields.integer("number");
    if (port === undefined || port < 1 || port > 65_535) {
      refuse(`${fields.path().join(".")}.number is no port`);
      return [];
    }
    const protocol = (fields.string("protocol") ?? "TCP").toUpperCase();
    if (protocol === "UDP") return [];
    const name = fields.string("name") ?? "";
    const target = fields.integer("targetPort") ?? port;
    const at = (number: number): PortInterval => ({ protocol: "TCP", first: number, last: number });
    const targets = new Set(endpoints.map((endpoint) => endpoint.fields("ports")?.integer(name) ?? target));
    const ports = (targets.size === 0 ? [target] : [...targets]).map(at);
    if (labels !== undefined) {
      const pods = reading.podSets.select({ namespaces: { name: namespace }, pods: selectorOfLabels(labels) });
      return [{ port, peers: [{ kind: "pods", pods }], ports }];
    }
    if (resolution === "NONE")
      return [{ port, ports: [at(port)], ...anywhere(addresses, NAMED.has(protocol) ? hosts : []) }];
    const listed = endpoints.flatMap((endpoint) => endpoint.string("address") ?? []);
    const numbers = listed.flatMap((address) => parseCidr(address) ?? []);
    const names = listed.filter((address) => parseCidr(address) === undefined && !address.startsWith("unix:"));
    const patterns = listed.length === 0 && resolution !== "STATIC" ? hosts : names;
    const peers: Peer[] = [
      ...(numbers.length === 0 ? [] : [byAddress(numbers)]),
      ...(patterns.length === 0 ? [] : [{ kind: "domains", patterns } as const]),
    ];
    return [{ port, peers, ports }];
  });
}

function anywhere(
  addresses: readonly AddressRange[],
  hosts: readonly string[],
): Pick<ReachedPort, "peers" | "narrowing"> {
  const peers: Peer[] = addresses.length > 0 ? [byAddress(addresses)] : [{ kind: "everything" }];
  if (hosts.length === 0) return { peers };
  return {
    peers: [...peers, { kind: "domains", patterns: hosts }],
    narrowing: `what names ${someOf(hosts, 3)}, at any address`,
  };
}

function byAddress(ranges: readonly AddressRange[]): Peer {
  return { kind: "addresses", ranges, matches: { pods: "by-address", nodes: "by-address" } };
}

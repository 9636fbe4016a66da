/**
 * Istio's own Gateways, and the VirtualServices that are bound to them
 * (https://istio.io/latest/docs/reference/config/networking/gateway/, …/virtual-service/).
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { bounds } from "../bounds.ts";
import type { Carrier } from "./controllers.ts";
import type { TransportPort } from "./exposure-model.ts";
import { namesMeet } from "./gateway-ways.ts";
import { type Lookup, specOf } from "./lookup.ts";
import { isPort } from "./served-ports.ts";
import { type Backend, type CarrierReach, placed, type Way, waysToBackends } from "./way.ts";

const GROUP = "networking.istio.io";

interface IstioGateway {
  readonly name: string;
  readonly source: Carrier;
  readonly servers: readonly { readonly hosts: readonly string[]; readonly port: TransportPort | undefined }[];
}

export function istioWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  const services = lookup.objectsOf(GROUP, "VirtualService");
  if (services.length === 0) return [];
  const gateways = new Map(
    lookup.objectsOf(GROUP, "Gateway").map((object) => {
      const gateway = readGateway(lookup, object);
      return [gateway.name, gateway];
    }),
  );
  return services.flatMap((object) => {
    const spec = specOf(object);
    // `mesh`, which stands for none stated too, is of sidecars alone.
    const names = [...new Set(spec.strings("gateways"))];
    const ways = names
      .slice(0, bounds.routeParents)
      .flatMap((name) => (name === "mesh" ? [] : waysOf(lookup, gateways, object, spec, name, reachOf)));
    return names.length > bounds.routeParents ? [...ways, tooMany(object, reachOf)] : ways;
  });
}

function tooMany(object: KubernetesObject, reachOf: CarrierReach): Way {
  const source: Carrier = { kind: "unknown-pod", controller: "Istio" };
  const field = ["spec", "gateways"];
  const reason = `more than ${bounds.routeParents} Gateways of one VirtualService`;
  const doubts = [placed(object, field, "network.bound", reason)];
  const reach = reachOf(source);
  return {
    way: "istio-gateway",
    object,
    field,
    reach,
    hosts: [],
    listens: [],
    source,
    behind: [],
    doubts,
    deadEnds: [],
  };
}

function readGateway(lookup: Lookup, object: KubernetesObject): IstioGateway {
  const spec = specOf(object);
  const endpoints = lookup.podsAnywhereWith(spec.stringMap("selector"));
  const controller = "Istio";
  return {
    name: `${lookup.namespaceOf(object)}/${object.name}`,
    source: endpoints.length > 0 ? { kind: "pods", controller, endpoints } : { kind: "unknown-pod", controller },
    servers: spec.list("servers").map((server) => {
      const port = server.fields("port");
      const number = port?.integer("number");
      // A host may stand behind the namespace that it is for: `shop/*.example.com`.
      const hosts = server.strings("hosts").map((host) => host.slice(host.indexOf("/") + 1));
      return { hosts, port: isPort(number) ? { protocol: "TCP", port: number } : undefined };
    }),
  };
}

function waysOf(
  lookup: Lookup,
  gateways: ReadonlyMap<string, IstioGateway>,
  object: KubernetesObject,
  spec: Fields,
  name: string,
  reachOf: CarrierReach,
): Way[] {
  const namespace = lookup.namespaceOf(object);
  const full = name.includes("/") ? name : `${namespace}/${name}`;
  const gateway = gateways.get(full);
  const hosts = spec.strings("hosts").filter((host) => host !== "*");
  const servers = (gateway?.servers ?? []).filter((server) =>
    server.hosts.some((host) => host === "*" || namesMeet(host, hosts)),
  );
  const source: Carrier = gateway?.source ?? { kind: "unknown-pod", controller: "Istio" };
  const listens = servers.flatMap(({ port }) => (port === undefined ? [] : [port]));
  const base = { way: "istio-gateway" as const, object, reach: reachOf(source), hosts, listens, source };
  const field = ["spec", "gateways", spec.strings("gateways").indexOf(name)];
  if (gateway !== undefined && servers.length === 0) {
    const reason = `no server of Gateway ${full} has one of its hosts`;
    return [
      { ...base, field, behind: [], doubts: [], deadEnds: [{ code: "exposure.not-attached", reason, object, field }] },
    ];
  }
  const doubts =
    gateway === undefined ? [placed(object, field, "exposure.gateway", `Gateway ${full} was not read`)] : [];
  const backends = destinationsOf(spec).map((one) => backendOf(namespace, one));
  const ways = waysToBackends(lookup, backends, base);
  const delegated = spec.list("http").filter((http) => http.has("delegate"));
  for (const http of delegated) {
    const reason = "it leaves the route to another VirtualService, which is not followed";
    ways.push({
      ...base,
      field: http.path(),
      behind: [],
      doubts: [placed(object, http.path(), "exposure.backend", reason)],
      deadEnds: [],
    });
  }
  return ways.map((way) => ({ ...way, doubts: [...way.doubts, ...doubts] }));
}

/** Of every rule, and where requests are mirrored to. */
function destinationsOf(spec: Fields): Fields[] {
  const rules = ["http", "tls", "tcp"].flatMap((kind) => [...spec.list(kind)]);
  return rules.flatMap((rule) => [
    ...rule.list("route").flatMap((route) => route.fields("destination") ?? []),
    ...rule.list("mirrors").flatMap((mirror) => mirror.fields("destination") ?? []),
    ...(rule.fields("mirror") === undefined ? [] : [rule.fields("mirror") as Fields]),
  ]);
}

/** A short name is one of the VirtualService's own namespace; a full one names the Service's. */
function backendOf(namespace: string, destination: Fields): Backend {
  const [service = "", stated, kind] = (destination.string("host") ?? "").split(".");
  const port = destination.fields("port")?.integer("number");
  const isFull = stated !== undefined && (kind === undefined || kind === "svc");
  return {
    service: stated === undefined || isFull ? service : (destination.string("host") ?? ""),
    namespace: isFull ? stated : namespace,
    field: destination.path(),
    ...(port === undefined ? {} : { port }),
  };
}

/** Gateway API: routes that attach to listeners of Gateways, and the Services behind them (https://gateway-api.sigs.k8s.io). */
import type { GatewayListener, GatewayObject, GatewayParent, ServiceBackend } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import { matchesLabels, readSelector } from "../selector.ts";
import { type Carrier, carrierOf, gatewayClasses } from "./controllers.ts";
import type { DeadEnd, PlacedDoubt, Reach, TransportPort } from "./exposure-model.ts";
import { type Lookup, specOf } from "./lookup.ts";
import { isGranted } from "./reference-grants.ts";
import { isPort } from "./served-ports.ts";
import { type CarrierReach, placed, type Way, waysToBackends } from "./way.ts";

const GROUP = "gateway.networking.k8s.io";

/** By a listener's protocol the kinds of routes that it takes unless it says otherwise. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTPRoute", "GRPCRoute"],
  HTTPS: ["HTTPRoute", "GRPCRoute"],
  TLS: ["TLSRoute", "TCPRoute"],
  TCP: ["TCPRoute"],
  UDP: ["UDPRoute"],
};

export function gatewayWays(lookup: Lookup, reachOf: CarrierReach): Way[] {
  const { gateways } = lookup.network.manifests;
  const byName = new Map(
    gateways
      .filter(({ object }) => object.kind === "Gateway")
      .map((gateway) => [`${lookup.namespaceOf(gateway.object)}/${gateway.object.name}`, gateway]),
  );
  return gateways
    .filter(({ object }) => object.kind.endsWith("Route"))
    .flatMap((route) => [
      ...route.parents
        .slice(0, bounds.routeParents)
        .flatMap((parent, index) => waysOf(lookup, byName, route, parent, index, reachOf)),
      ...(route.parents.length > bounds.routeParents ? [tooMany(route, reachOf)] : []),
    ]);
}

/** More than the API server takes. */
function tooMany({ object, hostnames: hosts }: GatewayObject, reachOf: CarrierReach): Way {
  const source: Carrier = { kind: "unknown-pod" };
  const field = ["spec", "parentRefs", bounds.routeParents];
  const doubts = [placed(object, field, "network.bound", `more than ${bounds.routeParents} parents of one route`)];
  const reach = reachOf(source);
  return { way: "gateway-api", object, field, reach, hosts, listens: [], source, behind: [], doubts, deadEnds: [] };
}

function waysOf(
  lookup: Lookup,
  gateways: ReadonlyMap<string, GatewayObject>,
  route: GatewayObject,
  parent: GatewayParent,
  index: number,
  reachOf: CarrierReach,
): Way[] {
  const { object, hostnames: hosts } = route;
  const parentField = ["spec", "parentRefs", index];
  const kind = parent.kind ?? "Gateway";
  // A Service as the parent is a mesh's: it says how pods reach it, and opens nothing.
  if (kind === "Service") return [];
  const name = `${parent.namespace ?? lookup.namespaceOf(object)}/${parent.name}`;
  const gateway = kind === "Gateway" && (parent.group ?? GROUP) === GROUP ? gateways.get(name) : undefined;
  if (gateway === undefined) {
    const reason = `it attaches to ${kind} ${name}, which was not read`;
    const doubts = [placed(object, parentField, "exposure.gateway", reason)];
    const source: Carrier = { kind: "unknown-pod" };
    const base = { way: "gateway-api" as const, object, reach: reachOf(source), hosts, listens: [], source };
    return behind(lookup, route, base).map((way) => ({ ...way, doubts: [...way.doubts, ...doubts] }));
  }
  const attached = listenersOf(lookup, gateway, route, parent);
  const source = carrierOfGateway(lookup, gateway);
  const base = {
    way: "gateway-api" as const,
    object,
    reach: gatewayReach(gateway, source, reachOf),
    hosts,
    listens: attached.listeners.flatMap(portOf),
    source,
  };
  if (attached.listeners.length > 0) {
    return behind(lookup, route, base).map((way) => ({ ...way, doubts: [...way.doubts, ...attached.doubts] }));
  }
  const reason = `no listener of Gateway ${name} lets it attach`;
  const deadEnds: DeadEnd[] = [{ code: "exposure.not-attached", reason, object, field: parentField }];
  return [{ ...base, field: parentField, behind: [], doubts: attached.doubts, deadEnds }];
}

function behind(lookup: Lookup, route: GatewayObject, base: Parameters<typeof waysToBackends>[2]): Way[] {
  const { object } = route;
  const namespace = lookup.namespaceOf(object);
  const granted: (ServiceBackend & { readonly namespace: string })[] = [];
  const ways: Way[] = [];
  for (const backend of route.backends) {
    const wanted = backend.namespace ?? namespace;
    if (
      wanted === namespace ||
      isGranted(lookup, { group: GROUP, kind: object.kind, namespace }, wanted, backend.service)
    ) {
      granted.push({ ...backend, namespace: wanted });
      continue;
    }
    const reason = `no ReferenceGrant of ${wanted} lets it name Service ${backend.service}`;
    const deadEnds: DeadEnd[] = [{ code: "exposure.no-grant", reason, object, field: backend.field }];
    ways.push({ ...base, field: backend.field, behind: [], doubts: [], deadEnds });
  }
  for (const field of route.otherBackends) {
    const doubts = [
      placed(object, field, "exposure.backend", "its backend is no Service: what is behind it is not known"),
    ];
    ways.push({ ...base, field, behind: [], doubts, deadEnds: [] });
  }
  return [...waysToBackends(lookup, granted, base), ...ways];
}

interface Attached {
  readonly listeners: readonly GatewayListener[];
  readonly doubts: readonly PlacedDoubt[];
}

function listenersOf(lookup: Lookup, gateway: GatewayObject, route: GatewayObject, parent: GatewayParent): Attached {
  const doubts: PlacedDoubt[] = [];
  const listeners = gateway.listeners.filter((listener, index) => {
    if (parent.sectionName !== undefined && parent.sectionName !== listener.name) return false;
    if (parent.port !== undefined && parent.port !== listener.port) return false;
    // Protocols of an implementation's own say nothing of the kinds that they take.
    const kinds = listener.allowedRoutes.kinds ?? ROUTES[listener.protocol ?? ""];
    if (kinds !== undefined && !kinds.includes(route.object.kind)) return false;
    if (!namesMeet(listener.hostname, route.hostnames)) return false;
    const answer = takesNamespace(lookup, gateway, listener, index, lookup.namespaceOf(route.object));
    if (answer === "maybe") {
      const reason = "whether the route may attach depends on labels of its namespace, which were not read";
      doubts.push(placed(gateway.object, ["spec", "listeners", index, "allowedRoutes"], "exposure.gateway", reason));
    }
    return answer !== "no";
  });
  return { listeners, doubts };
}

function takesNamespace(
  lookup: Lookup,
  gateway: GatewayObject,
  { allowedRoutes }: GatewayListener,
  index: number,
  namespace: string,
): "yes" | "no" | "maybe" {
  const from = allowedRoutes.from ?? "Same";
  if (from === "All") return "yes";
  if (from === "Same") return lookup.namespaceOf(gateway.object) === namespace ? "yes" : "no";
  if (from !== "Selector") return "no";
  const stated = specOf(gateway.object)
    .list("listeners")
    [index]?.fields("allowedRoutes")
    ?.fields("namespaces")
    ?.fields("selector");
  if (stated === undefined) return "no";
  let refused = false;
  const selector = readSelector(stated, () => {
    refused = true;
  });
  if (refused) return "maybe";
  const labels = lookup.namespaceLabels(namespace);
  if (labels !== undefined) return matchesLabels(selector, labels) ? "yes" : "no";
  return selector.requirements.length === 0 ? "yes" : "maybe";
}

/** Names of a listener and a route meet where one is the other, or a wildcard over it. No name stands for all. */
export function namesMeet(listener: string | undefined, route: readonly string[]): boolean {
  if (listener === undefined || listener === "" || route.length === 0) return true;
  return route.some((name) => covers(listener, name) || covers(name, listener));
}

function covers(pattern: string, name: string): boolean {
  return (
    pattern === name ||
    (pattern.startsWith("*.") && name.length > pattern.length - 1 && name.endsWith(pattern.slice(1)))
  );
}

function portOf({ port, protocol }: GatewayListener): TransportPort[] {
  return isPort(port) ? [{ protocol: protocol === "UDP" ? "UDP" : "TCP", port }] : [];
}

/** Google Cloud's classes of internal load balancers: gke-l7-rilb, gke-l7-cross-regional-internal-managed-mc. */
function gatewayReach({ gatewayClassName = "" }: GatewayObject, source: Carrier, reachOf: CarrierReach): Reach {
  const isInternal = /^gke-l7-(?:.{0,40}-)?(?:rilb|internal)(?:-|$)/.test(gatewayClassName);
  return source.kind === "proxy" && isInternal
    ? { kind: "private", reason: `class ${gatewayClassName}` }
    : reachOf(source);
}

/** Pods that were made for this Gateway carry its name (GEP-1762, and Envoy Gateway's own labels); else its class's. */
function carrierOfGateway(lookup: Lookup, { object, gatewayClassName }: GatewayObject): Carrier {
  const namespace = lookup.namespaceOf(object);
  const own = [
    ...lookup.podsWith(namespace, { "gateway.networking.k8s.io/gateway-name": object.name }),
    ...lookup.podsAnywhereWith({
      "gateway.envoyproxy.io/owning-gateway-name": object.name,
      "gateway.envoyproxy.io/owning-gateway-namespace": namespace,
    }),
  ];
  if (own.length > 0) {
    return { kind: "pods", controller: `Gateway ${namespace}/${object.name}`, endpoints: [...new Set(own)] };
  }
  return carrierOf(lookup, gatewayClassName ?? "", gatewayClasses);
}

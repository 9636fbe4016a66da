/** Services, the pods behind them, and which of them a host's name means. */

import { append } from "../../../core/append.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import {
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  rawOf,
  type Service,
  type ServicePort,
} from "../../kubernetes/model.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { NeedPort, Reached } from "./model.ts";

export interface KnownService {
  readonly service: Service;
  readonly namespace: string;
  readonly name: string;
  readonly isHeadless: boolean;
  /** Those that its selector picks. */
  readonly pods: readonly PodEndpoint[];
}

export interface Services {
  readonly all: readonly KnownService[];
  named(namespace: string, name: string): KnownService | undefined;
  /** By a cluster IP that is stated. */
  byAddress(address: string): KnownService | undefined;
  /** What a name means to a pod of this namespace (its resolv.conf searches `ns.svc.cluster.local` first). */
  resolve(host: string, namespace: string): Resolved;
}

export type Resolved =
  | { readonly kind: "service"; readonly service: KnownService; readonly isOnePod: boolean }
  | { readonly kind: "api-server" }
  /** A name of the cluster's own, of a Service that was not read: `name`, and its namespace. */
  | { readonly kind: "no-service"; readonly namespace: string; readonly name: string }
  | { readonly kind: "host" }
  /** One label that names no Service of the namespace. */
  | { readonly kind: "word" };

export function indexServices(manifests: Manifests, pods: readonly PodEndpoint[]): Services {
  const byNamespace = Map.groupBy(pods, ({ namespace }) => namespace);
  const byName = new Map<string, KnownService>();
  const byAddress = new Map<string, KnownService>();
  const namespaces = new Set(byNamespace.keys());
  for (const service of manifests.services) {
    const namespace = effectiveNamespace(service.object) ?? "default";
    namespaces.add(namespace);
    const selector = Object.entries(service.selector);
    const known = {
      service,
      namespace,
      name: service.object.name,
      isHeadless: service.clusterIP === "None",
      pods:
        selector.length === 0
          ? []
          : (byNamespace.get(namespace) ?? []).filter(({ labels }) =>
              selector.every(([label, value]) => labels[label] === value),
            ),
    };
    byName.set(`${namespace}/${known.name}`, known);
    if (service.clusterIP !== undefined && !known.isHeadless) byAddress.set(service.clusterIP, known);
  }
  const named = (namespace: string, name: string) => byName.get(`${namespace}/${name}`);

  function resolve(host: string, namespace: string): Resolved {
    const labels = host.split(".");
    const svc = labels.lastIndexOf("svc");
    // `api.shop.svc`, `api.shop.svc.cluster.local`, with the name of one pod before it where that has one.
    if (svc >= 2) return inCluster(labels.slice(0, svc));
    if (labels.length > 3) return { kind: "host" };
    const [first = "", second, third] = labels;
    if (second === undefined) {
      const own = named(namespace, first);
      if (own !== undefined) return { kind: "service", service: own, isOnePod: false };
      return { kind: "word" };
    }
    const other = third === undefined ? named(second, first) : undefined;
    if (other !== undefined) return { kind: "service", service: other, isOnePod: false };
    if (third === undefined && second === "default" && first === "kubernetes") return { kind: "api-server" };
    // `web-0.web`, `web-0.web.shop`: a pod of a StatefulSet by its governing Service.
    const governing = third === undefined ? named(namespace, second) : named(third, second);
    if (governing?.isHeadless === true) return { kind: "service", service: governing, isOnePod: true };
    if (third === undefined && namespaces.has(second)) return { kind: "no-service", namespace: second, name: first };
    return { kind: "host" };
  }

  function inCluster(labels: readonly string[]): Resolved {
    const [name = "", namespace = ""] = labels.slice(-2);
    if (namespace === "default" && name === "kubernetes") return { kind: "api-server" };
    const service = named(namespace, name);
    if (service === undefined) return { kind: "no-service", namespace, name };
    return { kind: "service", service, isOnePod: labels.length > 2 };
  }

  return { all: [...byName.values()], named, byAddress: (address) => byAddress.get(address), resolve };
}

/** The Service's port of this number, name, or the only one. */
export function portsOf({ service }: KnownService, wanted: number | string | undefined): readonly ServicePort[] {
  if (wanted === undefined) return service.ports;
  return service.ports.filter(({ port, name }) => (typeof wanted === "number" ? port === wanted : name === wanted));
}

/** What a connection to a Service's port reaches, behind the translation; `missing`: names that no pod gives a port. */
export function reachedBy(
  { pods, service }: KnownService,
  { targetPort, port, protocol: stated }: ServicePort,
): { readonly reached: readonly Reached[]; readonly missing: readonly PodEndpoint[] } {
  const protocol = protocolOf(stated);
  const reached: Reached[] = [];
  const missing: PodEndpoint[] = [];
  const target = targetPort === undefined || targetPort === 0 ? port : targetPort;
  // Of a Service without selector targetPort is ignored: its endpoints state their own.
  if (target === undefined || protocol === undefined || Object.keys(service.selector).length === 0) {
    return { reached, missing };
  }
  for (const each of pods) {
    const numbers = typeof target === "number" ? [target] : numberNamed(each, protocol, target);
    if (numbers.length === 0) missing.push(each);
    for (const number of numbers) reached.push({ to: { kind: "pods", pods: each }, protocol, port: number });
  }
  return { reached, missing };
}

/** A targetPort may be a number in quotes. */
function numberNamed({ namedPorts }: PodEndpoint, protocol: string, name: string): readonly number[] {
  return namedPorts.get(`${protocol}/${name}`) ?? (/^[1-9]\d{0,4}$/.test(name) ? [Number(name)] : []);
}

export function protocolOf(stated: string | undefined): NeedPort["protocol"] | undefined {
  const protocol = stated || "TCP";
  return protocol === "TCP" || protocol === "UDP" || protocol === "SCTP" ? protocol : undefined;
}

/** Of a Service without selector: what its Endpoints or EndpointSlices list. */
export function listedEndpoints(manifests: Manifests, { namespace, name }: KnownService): readonly Reached[] {
  const found: Reached[] = [];
  for (const object of manifests.objects) {
    if (object.kind !== "Endpoints" && object.kind !== "EndpointSlice") continue;
    if ((effectiveNamespace(object) ?? "default") !== namespace) continue;
    if (object.kind === "Endpoints" && object.group === "" && object.name === name) {
      for (const subset of listAt(rawOf(object), "subsets")) {
        const addresses = listAt(subset, "addresses").map((one) => valueAt(one, ["ip"]));
        append(found, reachedAt(addresses, listAt(subset, "ports"), object));
      }
    } else if (object.group === "discovery.k8s.io" && object.labels["kubernetes.io/service-name"] === name) {
      const raw = rawOf(object);
      const addresses = listAt(raw, "endpoints").flatMap((one) => {
        const listed = valueAt(one, ["addresses"]);
        return Array.isArray(listed) ? listed : [];
      });
      append(found, reachedAt(addresses, listAt(raw, "ports"), object));
    }
  }
  return found;
}

function reachedAt(addresses: readonly unknown[], ports: readonly unknown[], object: KubernetesObject): Reached[] {
  const ranges = addresses.flatMap((address): AddressRange[] => {
    const range = typeof address === "string" ? parseCidr(address) : undefined;
    return range === undefined ? [] : [range];
  });
  if (ranges.length === 0) return [];
  return ports.flatMap((one): Reached[] => {
    const port = valueAt(one, ["port"]);
    const stated = valueAt(one, ["protocol"]);
    const protocol = protocolOf(typeof stated === "string" ? stated : undefined);
    if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535 || protocol === undefined) {
      return [];
    }
    return [{ to: { kind: "addresses", name: `endpoints of ${object.name}`, ranges }, protocol, port }];
  });
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = valueAt(value, [name]);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

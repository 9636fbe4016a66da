/** toServices: https://docs.cilium.io/en/latest/security/policy/layer3/#services-based */
import { isObject, valueAt } from "../../../core/untyped.ts";
import {
  effectiveNamespace,
  formatFieldPath,
  type KubernetesObject,
  rawOf,
  type Service,
} from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import {
  type EndpointSelector,
  endpointSelectorOf,
  matchesIdentity,
  readEndpointSelector,
} from "./endpoint-selector.ts";
import { addressPeer, apiServerPeers, type CiliumPeer, sure } from "./peers.ts";
import { inNamespace } from "./pods.ts";

const MISSING: Doubt = {
  code: "network.cilium-service",
  reason: "it refers to a Service that was not read",
  remedy: "add the Service to what is read",
};

const BACKENDS: Doubt = {
  code: "network.cilium-service",
  reason: "it refers to a Service without a selector, whose addresses were not read",
  remedy: "add its EndpointSlices to what is read",
};

/**
 * A service's selector stands for pods of its namespace; one without is its endpoints' addresses, none of which is a pod's.
 * (Older versions of Cilium take only services without a selector.)
 *
 * @param podPeers - of a selector that has its namespace
 */
export function servicePeers(
  reading: Reading,
  items: readonly Fields[],
  podPeers: (selector: EndpointSelector) => readonly CiliumPeer[],
  refuse: (reason: string) => void,
): readonly CiliumPeer[] {
  return items.flatMap((item): readonly CiliumPeer[] => {
    const holds = serviceChoice(item, refuse);
    const chosen = reading.manifests.services.filter(holds);
    if (chosen.length === 0) return [{ peer: { kind: "everything" }, doubt: MISSING }];
    return chosen.flatMap((service) => peersOf(reading, service, podPeers));
  });
}

/** A namespace that is not stated is any. */
function serviceChoice(item: Fields, refuse: (reason: string) => void): (service: Service) => boolean {
  const path = formatFieldPath(item.path());
  const named = item.fields("k8sService");
  const selected = item.fields("k8sServiceSelector");
  const namespace = (selected ?? named)?.string("namespace") ?? "";
  const isThere = ({ object }: Service) => namespace === "" || namespace === (effectiveNamespace(object) ?? "default");
  if (selected !== undefined) {
    const labels = selected.fields("selector");
    if (labels === undefined) refuse(`${path}.k8sServiceSelector.selector is missing`);
    const selector = readEndpointSelector(labels ?? item.empty(), refuse);
    return (service) =>
      isThere(service) &&
      matchesIdentity(selector, (_, label) =>
        Object.hasOwn(service.object.labels, label) ? service.object.labels[label] : undefined,
      ) === true;
  }
  const name = named?.string("serviceName") ?? "";
  if (name === "") refuse(`${path} names neither a service nor a selector of services`);
  return (service) => isThere(service) && service.object.name === name;
}

function peersOf(
  reading: Reading,
  { object, selector, type }: Service,
  podPeers: (selector: EndpointSelector) => readonly CiliumPeer[],
): readonly CiliumPeer[] {
  const namespace = effectiveNamespace(object) ?? "default";
  const labels = Object.entries(selector);
  if (labels.length > 0) {
    return podPeers(
      endpointSelectorOf([
        ...labels.map(([label, value]) => ({ source: "any", label, operator: "In" as const, values: [value] })),
        inNamespace(namespace),
      ]),
    );
  }
  if (namespace === "default" && object.name === "kubernetes") return apiServerPeers;
  const ranges = type === "ExternalName" ? undefined : backendsOf(reading, object, namespace);
  return [ranges === undefined ? { peer: { kind: "everything" }, doubt: BACKENDS } : sure(addressPeer(ranges, false))];
}

/** Undefined where neither its EndpointSlices nor its Endpoints were read. */
function backendsOf(reading: Reading, service: KubernetesObject, namespace: string): AddressRange[] | undefined {
  const isIts = (object: KubernetesObject, name: string | undefined) =>
    name === service.name && (effectiveNamespace(object) ?? "default") === namespace;
  const slices = reading
    .objectsOf("discovery.k8s.io", "EndpointSlice")
    .filter((object) => isIts(object, object.labels["kubernetes.io/service-name"]));
  const endpoints = reading.objectsOf("", "Endpoints").filter((object) => isIts(object, object.name));
  const texts = [
    ...slices.flatMap((object) => items(rawOf(object), ["endpoints"]).flatMap((one) => items(one, ["addresses"]))),
    ...endpoints.flatMap((object) =>
      items(rawOf(object), ["subsets"]).flatMap((one) => items(one, ["addresses"]).map((at) => valueAt(at, ["ip"]))),
    ),
  ];
  const ranges = texts.flatMap((text) => (typeof text === "string" ? (parseCidr(text) ?? []) : []));
  return ranges.length === 0 ? undefined : ranges;
}

function items(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = isObject(value) ? valueAt(value, path) : undefined;
  return Array.isArray(found) ? found : [];
}

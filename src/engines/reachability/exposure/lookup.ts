/** What of a network is asked for by name again and again while ways into it are followed. */

import { parseAddress } from "../../../core/ip-address.ts";
import { effectiveNamespace, type KubernetesObject, rawOf, type Service } from "../../kubernetes/model.ts";
import { type Fields, fieldsOf } from "../../kubernetes/read/fields.ts";
import { bounds } from "../bounds.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { Network } from "../model.ts";

export interface Lookup {
  readonly network: Network;
  /** Takes so many of the ports that may be behind all Services together; false where they are more. */
  take(targets: number): boolean;
  /** Indices of pods in the namespace that have all these labels. Empty for no labels: that is no selector of a Service. */
  podsWith(namespace: string, labels: Readonly<Record<string, string>>): readonly number[];
  /** Of every namespace. */
  podsAnywhereWith(labels: Readonly<Record<string, string>>): readonly number[];
  pod(index: number): PodEndpoint | undefined;
  /** By an address of its own. */
  podAt(address: string): number | undefined;
  /** By its name, or that of what made it: `shop/Pod/web-0`. */
  podNamed(name: string): number | undefined;
  service(namespace: string, name: string): Service | undefined;
  /** Whatever the version. */
  objectsOf(group: string, kind: string): readonly KubernetesObject[];
  namespaceOf(object: KubernetesObject): string;
  /** Undefined where its namespace was not read: only its name is known then. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined;
}

const known = new WeakMap<Network, Lookup>();

/** One for each network. */
export function lookupOf(network: Network): Lookup {
  let found = known.get(network);
  if (found === undefined) {
    found = createLookup(network);
    known.set(network, found);
  }
  return found;
}

function createLookup(network: Network): Lookup {
  const { endpoints, manifests } = network;
  const byLabel = new Map<string, number[]>();
  const byAddress = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind !== "pods") continue;
    byName.set(endpoint.name, index);
    for (const [label, value] of Object.entries(endpoint.labels)) {
      push(byLabel, labelKey(endpoint.namespace, label, value), index);
      push(byLabel, labelKey("", label, value), index);
    }
    // On its node's network it has the node's address, and so have others.
    if (!endpoint.host) for (const address of endpoint.addresses) byAddress.set(addressKey(address), index);
  }
  const services = new Map<string, Service>();
  for (const service of manifests.services) {
    services.set(`${namespaceOf(service.object)}/${service.object.name}`, service);
  }
  let byKind: Map<string, KubernetesObject[]> | undefined;
  const namespaces = new Map(manifests.namespaces.map(({ object }) => [object.name, object.labels]));

  /** @param namespace - empty: of every one */
  function podsOf(namespace: string, labels: Readonly<Record<string, string>>): readonly number[] {
    let fewest: readonly number[] | undefined;
    for (const [label, value] of Object.entries(labels)) {
      const having = byLabel.get(labelKey(namespace, label, value)) ?? [];
      if (fewest === undefined || having.length < fewest.length) fewest = having;
    }
    const wanted = Object.entries(labels);
    return (fewest ?? []).filter((index) => {
      const pod = endpoints[index] as PodEndpoint;
      return wanted.every(([label, value]) => Object.hasOwn(pod.labels, label) && pod.labels[label] === value);
    });
  }

  let left: number = bounds.serviceTargets;
  return {
    network,
    take(targets) {
      if (targets > left) return false;
      left -= targets;
      return true;
    },
    podsWith: podsOf,
    podsAnywhereWith: (labels) => podsOf("", labels),
    pod(index) {
      const endpoint = endpoints[index];
      return endpoint?.kind === "pods" ? endpoint : undefined;
    },
    podAt: (address) => byAddress.get(addressKey(address)),
    podNamed: (name) => byName.get(name),
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    objectsOf(group, kind) {
      if (byKind === undefined) {
        byKind = new Map();
        for (const object of manifests.objects) push(byKind, `${object.group}/${object.kind}`, object);
      }
      return byKind.get(`${group}/${kind}`) ?? [];
    },
    namespaceOf,
    namespaceLabels(name) {
      const labels = namespaces.get(name);
      return labels === undefined ? undefined : { ...labels, "kubernetes.io/metadata.name": name };
    },
  };
}

function namespaceOf(object: KubernetesObject): string {
  return effectiveNamespace(object) ?? "default";
}

/** Of an object without a list of its own; what has a wrong type reads as absent, which the controller would refuse. */
export function fieldsOfObject(object: KubernetesObject): Fields {
  return fieldsOf(rawOf(object), () => undefined);
}

export function specOf(object: KubernetesObject): Fields {
  const root = fieldsOfObject(object);
  return root.fields("spec") ?? root.empty();
}

function labelKey(namespace: string, label: string, value: string): string {
  return `${namespace}\n${label}\n${value}`;
}

function addressKey(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : `${address.family} ${address.value}`;
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const listed = lists.get(key);
  if (listed === undefined) lists.set(key, [item]);
  else listed.push(item);
}

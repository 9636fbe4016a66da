/** Services without a selector: somebody else writes their Endpoints and EndpointSlices, and may name any address. */

import { parseAddress } from "../../../core/ip-address.ts";
import type { FieldPath, KubernetesObject, Service } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { parseCidr } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { DeadEnd, OutsideTarget, PlacedDoubt, ServiceTarget, ServiceTargets } from "./exposure-model.ts";
import { fieldsOfObject, type Lookup } from "./lookup.ts";
import { isPort, transportOf } from "./served-ports.ts";

interface Listed {
  readonly address: string;
  /** `shop/Pod/web-0`, where it says so. */
  readonly pod: string | undefined;
  readonly object: KubernetesObject;
  readonly field: FieldPath;
  readonly ports: readonly Fields[];
}

export function manualEndpoints(
  lookup: Lookup,
  service: Service,
  headless: boolean,
): Pick<ServiceTargets, "targets" | "outside" | "doubts" | "deadEnds"> {
  const { object } = service;
  const targets: ServiceTarget[] = [];
  const outside: OutsideTarget[] = [];
  const doubts: PlacedDoubt[] = [];
  const deadEnds: DeadEnd[] = [];
  const listed = addressesOf(lookup, service);
  const field: FieldPath = ["spec"];
  if (listed === undefined) {
    const reason = "it has no selector, and neither Endpoints nor EndpointSlices of its name were read";
    doubts.push({ code: "exposure.endpoints", reason, remedy: "add them to what is read", object, field });
    return { targets, outside, doubts, deadEnds };
  }
  if (listed.length > bounds.endpointAddresses) {
    doubts.push({
      code: "network.bound",
      reason: `more than ${bounds.endpointAddresses} addresses behind it`,
      object,
      field,
    });
  }
  const seen = new Set<string>();
  for (const one of listed.slice(0, bounds.endpointAddresses)) {
    const endpoint = podOf(lookup, one);
    if (endpoint === undefined && (one.pod !== undefined || isOfPods(lookup, one.address))) {
      const reason = `${one.address} is a pod's address, and no pod that was read has it`;
      doubts.push({ code: "exposure.endpoints", reason, object: one.object, field: one.field });
      continue;
    }
    for (const [index, port] of service.ports.entries()) {
      const protocol = transportOf(port.protocol);
      if (protocol === undefined) continue;
      for (const number of portsOf(one.ports, port.name, protocol)) {
        // A headless Service is its pods' addresses: the port is the one that a client names.
        const served = headless ? port.port : number;
        const key = `${endpoint ?? one.address} ${index} ${served}`;
        if (!isPort(served) || seen.has(key)) continue;
        seen.add(key);
        if (endpoint !== undefined) targets.push({ endpoint, servicePort: index, protocol, port: served });
        else outside.push({ address: one.address, servicePort: index, protocol, port: served });
      }
    }
  }
  if (listed.length === 0) {
    deadEnds.push({ code: "exposure.no-pods", reason: "its Endpoints name no address", object, field });
  }
  return { targets, outside, doubts, deadEnds };
}

/** Undefined where there is no object that would say. Addresses that are not ready become ready. */
function addressesOf(lookup: Lookup, { object }: Service): readonly Listed[] | undefined {
  const namespace = lookup.namespaceOf(object);
  const endpoints = lookup
    .objectsOf("", "Endpoints")
    .filter((one) => one.name === object.name && lookup.namespaceOf(one) === namespace);
  const slices = lookup
    .objectsOf("discovery.k8s.io", "EndpointSlice")
    .filter((one) => one.labels["kubernetes.io/service-name"] === object.name && lookup.namespaceOf(one) === namespace);
  if (endpoints.length + slices.length === 0) return undefined;
  return [...endpoints.flatMap(ofEndpoints), ...slices.flatMap(ofSlice)];
}

function ofEndpoints(object: KubernetesObject): Listed[] {
  return fieldsOfObject(object)
    .list("subsets")
    .flatMap((subset) => {
      const ports = subset.list("ports");
      return [...subset.list("addresses"), ...subset.list("notReadyAddresses")].flatMap((entry) => {
        const address = entry.string("ip");
        if (address === undefined) return [];
        return [{ address, pod: podName(entry.fields("targetRef"), object), object, field: entry.path(), ports }];
      });
    });
}

function ofSlice(object: KubernetesObject): Listed[] {
  const root = fieldsOfObject(object);
  const ports = root.list("ports");
  return root.list("endpoints").flatMap((entry) =>
    entry.strings("addresses").map((address) => ({
      address,
      pod: podName(entry.fields("targetRef"), object),
      object,
      field: entry.path(),
      ports,
    })),
  );
}

function podName(reference: Fields | undefined, { namespace }: KubernetesObject): string | undefined {
  if (reference?.string("kind") !== "Pod") return undefined;
  return `${reference.string("namespace") ?? namespace ?? "default"}/Pod/${reference.string("name") ?? ""}`;
}

/** What counts is the address: what it says of a pod's name is a hint to people, and anybody may write it. */
function podOf(lookup: Lookup, { address, pod }: Listed): number | undefined {
  const found = lookup.podAt(address);
  if (found !== undefined || pod === undefined) return found;
  const named = lookup.podNamed(pod);
  return named !== undefined && lookup.pod(named)?.addresses.length === 0 ? named : undefined;
}

function isOfPods(lookup: Lookup, text: string): boolean {
  const address = parseAddress(text);
  const range = parseCidr(text);
  return (
    address !== undefined &&
    range !== undefined &&
    lookup.network.settings.podCidrs.some(
      ({ family, first, last }) => family === address.family && first <= address.value && address.value <= last,
    )
  );
}

/** By the name that both give the port; absent: all ports (EndpointSlice), and of an absent name the one without. */
function portsOf(ports: readonly Fields[], name: string | undefined, protocol: string): readonly number[] {
  return ports.flatMap((port) => {
    const number = port.integer("port");
    if ((port.string("name") ?? "") !== (name ?? "") || transportOf(port.string("protocol")) !== protocol) return [];
    return number === undefined ? [] : [number];
  });
}

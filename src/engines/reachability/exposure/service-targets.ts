/** What Services lead to: workloads and their own ports, after translation. */
import type { FieldPath, KubernetesObject, Service, ServicePort } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import type { Network } from "../model.ts";
import type {
  DeadEnd,
  OutsideTarget,
  PlacedDoubt,
  ServiceTarget,
  ServiceTargets,
  TransportPort,
} from "./exposure-model.ts";
import { type Lookup, lookupOf } from "./lookup.ts";
import { manualEndpoints } from "./manual-endpoints.ts";
import { isPort, portNamed, transportOf } from "./served-ports.ts";

/**
 * By its selector, in its own namespace; without one by the Endpoints and EndpointSlices of its name. A Service of type
 * ExternalName leads where the Service leads that it names, if it names one (`db.shop.svc.cluster.local`).
 */
export function serviceTargets(network: Network, service: Service): ServiceTargets {
  const lookup = lookupOf(network);
  let found = remembered.get(service);
  if (found?.lookup !== lookup) {
    found = { lookup, targets: read(lookup, service, 0) };
    remembered.set(service, found);
  }
  return found.targets;
}

const remembered = new WeakMap<Service, { readonly lookup: Lookup; readonly targets: ServiceTargets }>();

function read(lookup: Lookup, service: Service, aliases: number): ServiceTargets {
  if (service.type === "ExternalName") return ofExternalName(lookup, service, aliases);
  const { object, selector } = service;
  const headless = service.clusterIP === "None";
  if (Object.keys(selector).length === 0) {
    return { service, headless, ...manualEndpoints(lookup, service, headless) };
  }
  const pods = lookup.podsWith(lookup.namespaceOf(object), selector);
  const targets: ServiceTarget[] = [];
  const deadEnds: DeadEnd[] = [];
  if (pods.length === 0) {
    deadEnds.push({
      code: "exposure.no-pods",
      reason: "its selector picks no pod",
      object,
      field: ["spec", "selector"],
    });
  }
  if (!lookup.take(pods.length * service.ports.length)) {
    const reason = `more than ${bounds.serviceTargets} ports of pods behind Services`;
    const doubts: PlacedDoubt[] = [{ code: "network.bound", reason, object, field: ["spec"] }];
    return { service, headless, targets: NONE, outside: NONE, doubts, deadEnds: NONE };
  }
  for (const [servicePort, port] of service.ports.entries()) {
    const protocol = transportOf(port.protocol);
    if (protocol === undefined) continue;
    let served = 0;
    for (const endpoint of pods) {
      const number = podPort(lookup, endpoint, port, protocol, headless);
      if (number === undefined) continue;
      served++;
      targets.push({ endpoint, servicePort, protocol, port: number });
    }
    if (served === 0 && pods.length > 0) deadEnds.push(noPort(object, servicePort, port));
  }
  return { service, headless, targets, outside: NONE, doubts: NONE, deadEnds };
}

const NONE: readonly never[] = [];

function noPort(object: KubernetesObject, index: number, { targetPort, port }: ServicePort): DeadEnd {
  const field: FieldPath = ["spec", "ports", index, ...(targetPort === undefined ? [] : ["targetPort"])];
  const reason = `no pod that it selects has a port ${targetPort ?? port}`;
  return { code: "exposure.no-port", reason, object, field };
}

/** Absent or 0: the Service's own number. */
function podPort(
  lookup: Lookup,
  endpoint: number,
  { port, targetPort }: ServicePort,
  protocol: TransportPort["protocol"],
  headless: boolean,
): number | undefined {
  const number = headless ? port : targetPort || port;
  if (typeof number !== "string") return isPort(number) ? number : undefined;
  const pod = lookup.pod(endpoint);
  return pod === undefined ? undefined : portNamed(pod, number, protocol);
}

/** A name of the cluster's DNS, in the usual domain or without one. */
const CLUSTER_NAME = /^([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc(?:\.cluster\.local)?\.?$/;

/** It is an alias in DNS alone: a client's port is translated by the Service that it ends at. */
function ofExternalName(lookup: Lookup, service: Service, aliases: number): ServiceTargets {
  const { object, externalName = "" } = service;
  const field: FieldPath = ["spec", "externalName"];
  const nothing = { service, headless: false, targets: NONE, outside: NONE, doubts: NONE };
  const [, name, namespace] = CLUSTER_NAME.exec(externalName) ?? [];
  if (name === undefined || namespace === undefined) {
    const reason = "it is the name of something outside the cluster";
    return { ...nothing, deadEnds: [{ code: "exposure.external-name", reason, object, field }] };
  }
  const next = lookup.service(namespace, name);
  if (next === undefined || aliases >= bounds.serviceAliases) {
    const reason =
      next === undefined
        ? `there is no Service ${namespace}/${name}`
        : `more than ${bounds.serviceAliases} Services that are names of one another`;
    return { ...nothing, deadEnds: [{ code: "exposure.no-service", reason, object, field }] };
  }
  return { ...read(lookup, next, aliases + 1), service: next };
}

/**
 * What a Service's backend reference leads to. Controllers connect to the pods themselves, at targetPort: of a headless
 * Service too.
 *
 * @param port - of the Service, by number or name; absent: all of them
 */
export function backendTargets(
  network: Network,
  service: Service,
  port: number | string | undefined,
): Pick<ServiceTargets, "targets" | "outside" | "doubts" | "deadEnds"> & { readonly found: boolean } {
  const all = serviceTargets(network, service);
  const wanted = all.service.ports.flatMap((one, index) => (isWanted(one, port) ? [index] : []));
  const lookup = lookupOf(network);
  const chosen = new Set(wanted);
  const targets = all.targets.flatMap((target): ServiceTarget[] => {
    if (!chosen.has(target.servicePort)) return [];
    const stated = all.service.ports[target.servicePort];
    if (!all.headless || stated === undefined) return [target];
    const number = podPort(lookup, target.endpoint, stated, target.protocol, false);
    return number === undefined ? [] : [{ ...target, port: number }];
  });
  const outside: OutsideTarget[] = all.outside.filter(({ servicePort }) => chosen.has(servicePort));
  const doubts: readonly PlacedDoubt[] = all.doubts;
  return { targets, outside, doubts, deadEnds: all.deadEnds, found: wanted.length > 0 };
}

function isWanted({ name, port }: ServicePort, wanted: number | string | undefined): boolean {
  return wanted === undefined || (typeof wanted === "number" ? port === wanted : name === wanted);
}

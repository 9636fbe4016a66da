/** Services as meshes know them: a name, the pods behind it and the ports of those pods. */
import type { KubernetesObject, Service } from "../../kubernetes/model.ts";
import { effectiveNamespace } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortInterval, PortSet } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import { selectorOfLabels } from "../selector.ts";
import type { Pods } from "./members.ts";

export interface MeshService {
  readonly object: KubernetesObject;
  readonly service: Service;
  readonly namespace: string;
  /** `web.shop.svc.cluster.local`. */
  readonly host: string;
  /** Empty of a Service without a selector. */
  readonly pods: PodSet;
  /** Of each port of the Service what it is at the pods; TCP alone, of which meshes are. */
  readonly targets: readonly ServiceTarget[];
}

export interface ServiceTarget {
  readonly port: number;
  readonly name: string;
  /** At all the pods together: a name may be another number in each. */
  readonly ports: PortSet;
}

/** The domain of names is the cluster's own; `cluster.local` is what everybody has. */
export const clusterDomain = "cluster.local";

export function readServices({ manifests, podSets, portSets }: Reading, pods: Pods): readonly MeshService[] {
  return manifests.services.map((service) => {
    const { object, selector } = service;
    const namespace = effectiveNamespace(object) ?? "default";
    const selects = Object.keys(selector).length > 0;
    const set = selects
      ? podSets.select({ namespaces: { name: namespace }, pods: selectorOfLabels(selector) })
      : podSets.none;
    const members = pods.of(set);
    const targets = service.ports.flatMap(({ port, targetPort, protocol, name = "" }) => {
      if (port === undefined || (protocol !== undefined && protocol !== "" && protocol !== "TCP")) return [];
      const numbers = new Set(members.flatMap(([, pod]) => targetsOf(pod, targetPort ?? port)));
      const intervals = [...numbers].map((number): PortInterval => ({ protocol: "TCP", first: number, last: number }));
      return [{ port, name, ports: portSets.of(intervals) }];
    });
    return { object, service, namespace, host: `${object.name}.${namespace}.svc.${clusterDomain}`, pods: set, targets };
  });
}

function targetsOf({ namedPorts }: PodEndpoint, target: number | string): readonly number[] {
  if (typeof target === "number") return [target];
  return /^\d{1,5}$/.test(target) ? [Number(target)] : (namedPorts.get(`TCP/${target}`) ?? []);
}

/** `web` of the namespace; a name with a dot is whole. https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
export function fullHost(host: string, namespace: string): string {
  return host.includes(".") || host === "*"
    ? host.toLowerCase()
    : `${host.toLowerCase()}.${namespace}.svc.${clusterDomain}`;
}

/** `*` and `*.example.com` stand for what ends so. */
export function matchesHost(pattern: string, host: string): boolean {
  return (
    pattern === "*" ||
    pattern === host ||
    (pattern.startsWith("*.") && host.length > pattern.length - 1 && host.endsWith(pattern.slice(1)))
  );
}

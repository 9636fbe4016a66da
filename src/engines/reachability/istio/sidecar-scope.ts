/**
 * Sidecar: which hosts a workload's proxy knows, and what it does with all others.
 * Source: https://istio.io/latest/docs/reference/config/networking/sidecar/
 *
 * One whose selector picks the workload goes before its namespace's, that before the root namespace's. Only REGISTRY_ONLY
 * lets nothing else out; it is a workload's own proxy that holds it, so that Istio itself calls it no firewall.
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { matchesHost } from "../mesh/services.ts";
import type { MeshPlace } from "../mesh-model.ts";
import type { Doubt } from "../rule-model.ts";
import { matchesLabels, type Selector } from "../selector.ts";
import type { IstioContext } from "./context.ts";
import { namespaceOf } from "./mesh-config.ts";
import { readWorkloadSelector } from "./workload-selector.ts";

export interface SidecarResource {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly selector: Selector | undefined;
  /** Undefined: every host that is exported to the namespace. */
  readonly egress: readonly EgressListener[] | undefined;
  readonly mode: "REGISTRY_ONLY" | "ALLOW_ANY" | undefined;
}

export interface EgressListener {
  /** The Service's port that it is for; undefined: any. */
  readonly port: number | undefined;
  readonly hosts: readonly ImportedHost[];
}

interface ImportedHost {
  readonly isExcluded: boolean;
  /** `*`, `.`, `~`, or a name. */
  readonly namespace: string;
  readonly host: string;
}

/** What a workload's proxy lets out. */
export interface OutboundScope {
  readonly mode: "REGISTRY_ONLY" | "ALLOW_ANY";
  readonly decidedBy: MeshPlace | undefined;
  readonly sidecar: SidecarResource | undefined;
  readonly doubt?: Doubt;
}

export function readSidecars(context: IstioContext): readonly SidecarResource[] {
  const { podSets } = context.reading;
  return context.reading.objectsOf("networking.istio.io", "Sidecar").flatMap((object) => {
    const namespace = namespaceOf(object);
    let sidecar: SidecarResource | undefined;
    context.reading.policy(object, ["mesh-outbound"], (one) => {
      const { spec, refuse } = one;
      const selector = readWorkloadSelector(one, spec.fields("workloadSelector"), "labels");
      const own = podSets.select({ namespaces: { name: namespace }, pods: selector });
      one.selects(
        podSets.intersect(
          context.proxies,
          namespace === context.config.rootNamespace && selector === undefined ? podSets.all : own,
        ),
      );
      sidecar = {
        object,
        namespace,
        selector,
        egress: spec.has("egress") ? spec.list("egress").map((listener) => listenerOf(listener, refuse)) : undefined,
        mode: modeOf(spec.fields("outboundTrafficPolicy"), refuse),
      };
    });
    return sidecar === undefined ? [] : [sidecar];
  });
}

function modeOf(policy: Fields | undefined, refuse: (reason: string) => void): SidecarResource["mode"] {
  if (policy === undefined) return undefined;
  // The mode's zero value: a policy without one is the stricter.
  const stated = policy.string("mode") ?? "REGISTRY_ONLY";
  if (stated === "REGISTRY_ONLY" || stated === "ALLOW_ANY") return stated;
  refuse(`spec.outboundTrafficPolicy.mode: ${stated.slice(0, 40)} must be REGISTRY_ONLY or ALLOW_ANY`);
  return undefined;
}

function listenerOf(listener: Fields, refuse: (reason: string) => void): EgressListener {
  const hosts = listener.strings("hosts").flatMap((text): ImportedHost[] => {
    const slash = text.indexOf("/");
    if (slash < 0) {
      refuse(`${listener.path().join(".")}.hosts: ${text.slice(0, 60)} is not of the form namespace/host`);
      return [];
    }
    const written = text.slice(0, slash);
    const host = text.slice(slash + 1).toLowerCase();
    // `~/*` is nothing at all; a `~` in front of a namespace takes its hosts out again.
    const isExcluded = written.startsWith("~");
    return [{ isExcluded, namespace: isExcluded ? written.slice(1) || "*" : written, host }];
  });
  return { port: listener.fields("port")?.integer("number"), hosts };
}

export function scopeOf(
  { config }: IstioContext,
  sidecars: readonly SidecarResource[],
  pod: PodEndpoint,
): OutboundScope {
  const own = sidecars.filter(({ namespace }) => namespace === pod.namespace);
  const candidates = [
    own.filter(({ selector }) => selector !== undefined && matchesLabels(selector, pod.labels)),
    own.filter(({ selector }) => selector === undefined),
    sidecars.filter(({ namespace, selector }) => namespace === config.rootNamespace && selector === undefined),
  ];
  const level = candidates.findIndex((list) => list.length > 0);
  const [sidecar, ...others] = candidates[level] ?? [];
  const doubt =
    others.length > 0
      ? several(others[0] as SidecarResource)
      : level === 2 && !config.isRead
        ? unreadRoot(config.rootNamespace)
        : undefined;
  const more = doubt === undefined ? {} : { doubt };
  if (sidecar?.mode !== undefined) {
    return {
      mode: sidecar.mode,
      decidedBy: { object: sidecar.object, field: ["spec", "outboundTrafficPolicy"] },
      sidecar,
      ...more,
    };
  }
  return {
    mode: config.outbound === "REGISTRY_ONLY" ? "REGISTRY_ONLY" : "ALLOW_ANY",
    decidedBy: config.place,
    sidecar,
    ...more,
  };
}

function several({ object }: SidecarResource): Doubt {
  return {
    code: "mesh.several-policies",
    reason: `several Sidecars are for the same workloads (${object.name} among them), and Istio does not say which counts`,
    remedy: "keep one of them",
  };
}

function unreadRoot(rootNamespace: string): Doubt {
  return {
    code: "mesh.root-namespace",
    reason: `the Sidecar of ${rootNamespace} is everybody's only where that is the root namespace, and Istio's configuration was not read`,
    remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
  };
}

/** Whether the proxy knows a host of a namespace at the Service's port. @param own - the workload's namespace */
export function isImported(
  sidecar: SidecarResource | undefined,
  own: string,
  namespace: string,
  host: string,
  port: number,
): boolean {
  const egress = sidecar?.egress;
  if (egress === undefined || egress.length === 0) return true;
  return egress.some((listener) => {
    if (listener.port !== undefined && listener.port !== 0 && listener.port !== port) return false;
    const matches = (one: ImportedHost) =>
      (one.namespace === "*" || one.namespace === namespace || (one.namespace === "." && own === namespace)) &&
      isWithin(host, one.host);
    return (
      listener.hosts.some((one) => !one.isExcluded && matches(one)) &&
      !listener.hosts.some((one) => one.isExcluded && matches(one))
    );
  });
}

/** A host, itself perhaps a pattern, is one of those that a pattern stands for. */
function isWithin(host: string, pattern: string): boolean {
  return (
    matchesHost(pattern, host) || (host.startsWith("*.") && pattern.startsWith("*.") && host.endsWith(pattern.slice(1)))
  );
}

/** @param own - the workload's namespace @param namespace - the object's */
export function isExportedTo(
  exportTo: readonly string[],
  byDefault: readonly string[],
  own: string,
  namespace: string,
): boolean {
  const stated = exportTo.length > 0 ? exportTo : byDefault;
  return stated.length === 0 || stated.some((to) => to === "*" || to === own || (to === "." && own === namespace));
}

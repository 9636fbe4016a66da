/** What finds needs gets. */
import { effectiveNamespace, type KubernetesObject, type Manifests } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { Network } from "../model.ts";
import type { NeedCollector } from "./collector.ts";
import type { NeedReason, Reached } from "./model.ts";
import { type KnownService, listedEndpoints, portsOf, reachedBy, type Services } from "./services.ts";

export interface NeedContext {
  readonly network: Network;
  readonly manifests: Manifests;
  readonly pods: readonly PodEndpoint[];
  readonly services: Services;
  readonly collector: NeedCollector;
}

export type Place = NonNullable<NeedReason["place"]>;

export function objectsOf({ manifests }: NeedContext, group: string, kind: string): readonly KubernetesObject[] {
  return manifests.objects.filter((object) => object.group === group && object.kind === kind);
}

export function namespaceOf(object: KubernetesObject): string {
  return effectiveNamespace(object) ?? "default";
}

interface Asked {
  /** `env API_URL of container web`. */
  readonly says: string;
  readonly place: Place;
  /** Who asks: for what is not known of it. */
  readonly workload?: string;
}

/**
 * What a connection to a Service reaches; what of it is not known is told.
 *
 * @param wanted - the Service's port by number or name; absent: all of them
 */
export function reachService(
  context: NeedContext,
  known: KnownService,
  wanted: number | string | undefined,
  { says, place, workload }: Asked,
): readonly Reached[] {
  const { collector } = context;
  const name = `Service ${known.namespace}/${known.name}`;
  const about = { place, ...(workload === undefined ? {} : { workload }) };
  if (Object.keys(known.service.selector).length === 0) {
    const listed = listedEndpoints(context.manifests, known);
    if (listed.length > 0) return listed;
    const reason = `${says} names ${name}, which has no selector, and its endpoints were not read`;
    collector.unknown({ code: "network.need.no-endpoints", reason, ...about });
    return [];
  }
  // A headless Service translates nothing: a number is the pod's own port.
  if (known.isHeadless && typeof wanted === "number") return atPort(known, wanted);
  const ports = portsOf(known, wanted);
  if (ports.length === 0) {
    const reason = `${says} names ${wanted === undefined ? name : `port ${wanted} of ${name}`}, which has no such port`;
    collector.unknown({
      code: "network.need.no-port",
      reason: wanted === undefined ? `${name} has no ports` : reason,
      ...about,
    });
    return [];
  }
  return ports.flatMap((port) => {
    const { reached, missing } = reachedBy(known, port);
    for (const pods of missing) {
      const reason = `${name} leads to port ${port.targetPort} of ${pods.name}, which gives no port this name`;
      collector.unknown({
        code: "network.need.no-named-port",
        reason,
        place: { object: known.service.object, field: ["spec", "ports"] },
      });
    }
    return known.pods.length > 0 ? reached : unread(known, port, context, { says, ...about });
  });
}

function atPort(known: KnownService, port: number): readonly Reached[] {
  const stated = portsOf(known, port)[0]?.protocol;
  const protocol = stated === "UDP" || stated === "SCTP" ? stated : "TCP";
  if (known.pods.length === 0) return [{ to: unreadPods(known), protocol, port }];
  return known.pods.map((pods) => ({ to: { kind: "pods", pods }, protocol, port }));
}

/** Pods that something else makes: known by the labels that the Service picks them by. */
function unread(
  known: KnownService,
  port: KnownService["service"]["ports"][number],
  { collector }: NeedContext,
  { place, workload }: Asked,
): readonly Reached[] {
  const { namespace, name } = known;
  const target = port.targetPort === undefined || port.targetPort === 0 ? port.port : Number(port.targetPort);
  if (target === undefined || !Number.isInteger(target)) {
    const reason = `the pods of Service ${namespace}/${name} were not read, and so not the number of its port ${port.targetPort}`;
    collector.unknown({ code: "network.need.no-pods", reason, place, ...(workload === undefined ? {} : { workload }) });
    return [];
  }
  const protocol = port.protocol === "UDP" || port.protocol === "SCTP" ? port.protocol : "TCP";
  return [{ to: unreadPods(known), protocol, port: target }];
}

function unreadPods({ namespace, name, service }: KnownService): Reached["to"] {
  return { kind: "unread-pods", namespace, labels: service.selector, name: `pods of Service ${namespace}/${name}` };
}

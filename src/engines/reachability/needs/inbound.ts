/** Needs of clients: what leads them to pods from outside, and from controllers of Ingresses and Gateways. */
import type { GatewayObject, ServiceBackend } from "../../kubernetes/model.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { carrierOf, ingressClasses } from "../exposure/controllers.ts";
import { lookupOf } from "../exposure/lookup.ts";
import { type NeedContext, namespaceOf, type Place, reachService } from "./context.ts";
import type { NeedEnd, NeedKind } from "./model.ts";
import { type KnownService, protocolOf } from "./services.ts";

/** Where Ingresses and Gateways are served from, where that is known. */
export interface InboundOptions {
  /** Namespaces of the controllers' pods, with their labels where those are known. */
  readonly ingressFrom: readonly { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> }[];
}

const OUTSIDE: NeedEnd = { kind: "outside" };

export function findInboundNeeds(context: NeedContext, options: InboundOptions): void {
  for (const known of context.services.all) serviceNeeds(context, known);
  for (const pods of context.pods) hostPortNeeds(context, pods);
  for (const ingress of context.manifests.ingresses) {
    const place = { object: ingress.object, field: ["spec"] };
    const className = ingress.ingressClassName ?? ingress.object.annotations["kubernetes.io/ingress.class"];
    const from = controllerEnds(context, options, className, place);
    const text = `Ingress ${ingress.object.name} leads to it`;
    for (const backend of ingress.backends) {
      backendNeeds(context, from, backend, namespaceOf(ingress.object), "ingress", { text, place });
    }
  }
  for (const route of context.manifests.gateways) {
    if (route.object.kind === "Gateway") gatewayNotes(context, route);
    const from = gatewayEnds(context, options, route);
    const text = `${route.object.kind} ${route.object.name} leads to it`;
    for (const backend of route.backends) {
      const place = { object: route.object, field: ["spec", "rules"] };
      backendNeeds(context, from, backend, namespaceOf(route.object), "ingress", { text, place });
    }
  }
}

function serviceNeeds(context: NeedContext, known: KnownService): void {
  const { service } = known;
  const isBalanced = service.type === "LoadBalancer";
  if (!isBalanced && service.type !== "NodePort" && service.externalIPs.length === 0) return;
  const kind: NeedKind = isBalanced ? "load-balancer" : "node-port";
  const place = { object: service.object, field: ["spec", "type"] };
  const what = isBalanced ? "LoadBalancer" : service.type === "NodePort" ? "NodePort" : "externalIPs";
  const reason = { kind, text: `Service ${service.object.name} (${what}) leads to it`, place };
  for (const from of clientsOf(known)) {
    for (const { to, protocol, port } of reachService(context, known, undefined, { says: reason.text, place })) {
      context.collector.need(from, to, { protocol, port }, reason);
    }
  }
}

/** With externalTrafficPolicy Cluster, the default, a node may stand in the client's place. */
function clientsOf({ service }: KnownService): readonly NeedEnd[] {
  const ranges = service.loadBalancerSourceRanges.flatMap((text): AddressRange[] => {
    const range = parseCidr(text.trim());
    return range === undefined ? [] : [range];
  });
  if (service.type !== "LoadBalancer" || ranges.length === 0) return [OUTSIDE];
  const clients: NeedEnd = { kind: "addresses", name: service.loadBalancerSourceRanges.join(", "), ranges };
  const isLocal = service.externalTrafficPolicy === "Local";
  return isLocal ? [clients] : [clients, { kind: "nodes" }];
}

function hostPortNeeds({ collector }: NeedContext, pods: PodEndpoint): void {
  if (pods.host) return;
  const { workload } = pods;
  for (const [index, container] of workload.pod.containers.entries()) {
    for (const [number, { hostPort, hostIP, containerPort, protocol }] of container.ports.entries()) {
      const spoken = protocolOf(protocol);
      if (hostPort === undefined || containerPort === undefined || spoken === undefined) continue;
      if (hostIP === "127.0.0.1" || hostIP === "::1") continue;
      const field = [...workload.podPath, "containers", index, "ports", number, "hostPort"];
      const text = `container ${container.name} has host port ${hostPort}`;
      const reason = { kind: "node-port" as const, text, place: { object: workload.object, field } };
      collector.need(OUTSIDE, { kind: "pods", pods }, { protocol: spoken, port: containerPort }, reason);
    }
  }
}

function controllerEnds(
  { collector, network }: NeedContext,
  { ingressFrom }: InboundOptions,
  className: string | undefined,
  place: Place,
): readonly NeedEnd[] {
  if (ingressFrom.length > 0) return statedEnds(ingressFrom);
  const carrier = carrierOf(lookupOf(network), className, ingressClasses);
  if (carrier.kind === "proxy") return [OUTSIDE];
  if (carrier.kind === "pods") {
    return carrier.endpoints.flatMap((index): NeedEnd[] => {
      const pods = network.endpoints[index];
      return pods?.kind === "pods" ? [{ kind: "pods", pods }] : [];
    });
  }
  collector.unknown({
    code: "network.need.ingress-controller",
    reason: `the pods of ${carrier.controller ?? "the ingress controller"} were not read: pods of every namespace are taken for it`,
    remedy: "state its namespace with --ingress-from",
    place,
  });
  return [{ kind: "unread-pods", labels: {}, name: "an ingress controller in any namespace" }];
}

function statedEnds(places: InboundOptions["ingressFrom"]): readonly NeedEnd[] {
  return places.map(({ namespace, labels = {} }) => ({
    kind: "unread-pods",
    namespace,
    labels,
    name: `ingress controller in ${namespace}`,
  }));
}

function gatewayEnds(context: NeedContext, { ingressFrom }: InboundOptions, route: GatewayObject): readonly NeedEnd[] {
  if (route.backends.length === 0) return [];
  if (ingressFrom.length > 0) return statedEnds(ingressFrom);
  const gateways = route.parents.filter(({ kind = "Gateway" }) => kind === "Gateway");
  return gateways.map(({ name, namespace = namespaceOf(route.object) }): NeedEnd => {
    const labels = { "gateway.networking.k8s.io/gateway-name": name };
    const made = context.pods.find(
      (pods) => pods.namespace === namespace && pods.labels["gateway.networking.k8s.io/gateway-name"] === name,
    );
    if (made !== undefined) return { kind: "pods", pods: made };
    context.collector.unknown({
      code: "network.need.gateway",
      reason: `the pods of Gateway ${namespace}/${name} were not read: pods that bear its name as label are taken for them`,
      remedy: "state where it runs with --ingress-from",
      place: { object: route.object, field: ["spec", "parentRefs"] },
    });
    return { kind: "unread-pods", namespace, labels, name: `Gateway ${namespace}/${name}` };
  });
}

/** Controllers that make the pods of a Gateway make them in its namespace, where policies of all pods select them too. */
function gatewayNotes({ collector, pods }: NeedContext, { object, listeners }: GatewayObject): void {
  const namespace = namespaceOf(object);
  if (pods.some(({ labels }) => labels["gateway.networking.k8s.io/gateway-name"] === object.name)) return;
  const ports = listeners.flatMap(({ port }) => port ?? []).join(", ");
  collector.unknown({
    code: "network.need.gateway-pods",
    reason: `the controller of Gateway ${object.name} may make its pods in ${namespace}: what they need (ports ${ports}, their control plane) is not known`,
    place: { object, field: ["spec"] },
  });
}

function backendNeeds(
  context: NeedContext,
  from: readonly NeedEnd[],
  { service, namespace, port }: ServiceBackend,
  own: string,
  kind: NeedKind,
  { text, place }: { readonly text: string; readonly place: Place },
): void {
  const known = context.services.named(namespace ?? own, service);
  if (known === undefined) {
    const reason = `${text.replace(/ leads to it$/, "")} names Service ${namespace ?? own}/${service}, which was not read`;
    context.collector.unknown({ code: "network.need.no-service", reason, place });
    return;
  }
  const wanted = port === undefined ? undefined : port;
  for (const { to, protocol, port: reached } of reachService(context, known, wanted, { says: text, place })) {
    for (const one of from) context.collector.need(one, to, { protocol, port: reached }, { kind, text, place });
  }
}

/**
 * Needs that prometheus-operator's objects declare: what a Prometheus scrapes by ServiceMonitors, PodMonitors, Probes and
 * ScrapeConfigs, and where it and a ThanosRuler send alerts and samples. Source: the operator's API reference.
 */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { fieldsOf } from "../../kubernetes/read/fields.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { matchesLabels, readSelector, type Selector } from "../selector.ts";
import { type NeedContext, namespaceOf, objectsOf, type Place, reachService } from "./context.ts";
import { hostsIn, schemePort } from "./host-names.ts";
import type { NeedEnd, NeedKind, NeedPort } from "./model.ts";
import type { KnownService } from "./services.ts";

const GROUP = "monitoring.coreos.com";

export function findMonitoringNeeds(context: NeedContext): void {
  const namespaceLabels = new Map(context.pods.map((pods) => [pods.namespace, pods.namespaceLabels]));
  for (const { object } of context.manifests.namespaces) {
    namespaceLabels.set(object.name, { ...object.labels, "kubernetes.io/metadata.name": object.name });
  }
  const monitors = new Map(
    [...MONITORS.keys(), "AlertmanagerConfig"].map((kind) => [kind, objectsOf(context, GROUP, kind)] as const),
  );
  const watched = new Set<KubernetesObject>();
  for (const pods of context.pods) {
    const { object } = pods.workload;
    if (object.group !== GROUP) continue;
    const spec = valueAt(rawOf(object), ["spec"]);
    if (object.kind === "Prometheus" || object.kind === "PrometheusAgent") {
      for (const [kind, { prefix, find }] of MONITORS) {
        for (const monitor of monitors.get(kind) ?? []) {
          if (!isSelected(spec, prefix, object, monitor, namespaceLabels)) continue;
          watched.add(monitor);
          find({ context, pods, monitor, spec: valueAt(rawOf(monitor), ["spec"]) });
        }
      }
      alerting(context, pods, spec);
    }
    urls(context, pods, object, spec);
  }
  for (const kind of MONITORS.keys()) {
    for (const object of monitors.get(kind) ?? []) {
      if (watched.has(object)) continue;
      const reason = `no Prometheus that was read selects ${kind} ${object.name}`;
      context.collector.unknown({ code: "network.need.unwatched", reason, place: { object, field: [] } });
    }
  }
  annotated(context);
}

interface Monitor {
  readonly context: NeedContext;
  readonly pods: PodEndpoint;
  readonly monitor: KubernetesObject;
  readonly spec: unknown;
}

const MONITORS: ReadonlyMap<string, { readonly prefix: string; readonly find: (monitor: Monitor) => void }> = new Map([
  ["ServiceMonitor", { prefix: "serviceMonitor", find: scrapeServices }],
  ["PodMonitor", { prefix: "podMonitor", find: scrapePods }],
  ["Probe", { prefix: "probe", find: scrapeNamed }],
  ["ScrapeConfig", { prefix: "scrapeConfig", find: scrapeNamed }],
]);

/** Without a selector none is selected; without one of namespaces only those of its own. */
function isSelected(
  spec: unknown,
  prefix: string,
  { namespace }: KubernetesObject,
  monitor: KubernetesObject,
  namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>,
): boolean {
  const selector = selectorAt(spec, `${prefix}Selector`);
  const namespaces = selectorAt(spec, `${prefix}NamespaceSelector`);
  const own = namespaceOf(monitor);
  if (selector === undefined || !matchesLabels(selector, monitor.labels)) return false;
  if (namespaces === undefined) return own === (namespace ?? "default");
  return matchesLabels(namespaces, namespaceLabels.get(own) ?? { "kubernetes.io/metadata.name": own });
}

function selectorAt(spec: unknown, name: string): Selector | undefined {
  const value = valueAt(spec, [name]);
  return isObject(value)
    ? readSelector(
        fieldsOf(value, () => undefined),
        () => undefined,
      )
    : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = valueAt(value, [name]);
  return Array.isArray(list) ? list : [];
}

function textAt(value: unknown, name: string): string | undefined {
  const text = valueAt(value, [name]);
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** `undefined`: of every namespace. */
function namespacesOf(spec: unknown, monitor: KubernetesObject): readonly string[] | undefined {
  if (valueAt(spec, ["namespaceSelector", "any"]) === true) return undefined;
  const names = listAt(valueAt(spec, ["namespaceSelector"]), "matchNames").filter((one) => typeof one === "string");
  return names.length === 0 ? [namespaceOf(monitor)] : names;
}

function scrapeServices({ context, pods, monitor, spec }: Monitor): void {
  const selector = selectorAt(spec, "selector");
  const namespaces = namespacesOf(spec, monitor);
  if (selector === undefined) return;
  const services = context.services.all.filter(
    ({ namespace, service }) =>
      (namespaces === undefined || namespaces.includes(namespace)) && matchesLabels(selector, service.object.labels),
  );
  const says = `ServiceMonitor ${monitor.name}`;
  for (const [index, endpoint] of listAt(spec, "endpoints").entries()) {
    const place = { object: monitor, field: ["spec", "endpoints", index] };
    const text = `${says} has it scraped`;
    if (services.length === 0) {
      toWellKnown({ context, pods, monitor, spec }, namespaces, selector, place, endpoint);
      continue;
    }
    for (const known of services) {
      const named = textAt(endpoint, "port");
      const target = valueAt(endpoint, ["targetPort"]);
      const reached =
        named !== undefined
          ? reachService(context, known, named, { says, place, workload: pods.name })
          : targets(known.pods, target);
      for (const { to, protocol, port } of reached) {
        context.collector.need({ kind: "pods", pods }, to, { protocol, port }, { kind: "scrape", text, place });
      }
    }
  }
}

/** A port of the container, by number or name. */
function targets(pods: readonly PodEndpoint[], target: unknown): (NeedPort & { readonly to: NeedEnd })[] {
  return pods.flatMap((one) => {
    const numbers =
      typeof target === "number"
        ? [target]
        : typeof target === "string"
          ? (one.namedPorts.get(`TCP/${target}`) ?? [])
          : [];
    return numbers.map((port) => ({ to: { kind: "pods" as const, pods: one }, protocol: "TCP" as const, port }));
  });
}

/** Services that no manifest states: those of the control plane, which the operator or the cluster makes. */
function toWellKnown(
  { context, pods, monitor }: Monitor,
  namespaces: readonly string[] | undefined,
  selector: Selector,
  place: Place,
  endpoint: unknown,
): void {
  const { collector } = context;
  const from: NeedEnd = { kind: "pods", pods };
  const reason = { kind: "scrape" as const, text: `ServiceMonitor ${monitor.name} has it scraped`, place };
  const asks = (namespace: string, labels: Readonly<Record<string, string>>) =>
    (namespaces === undefined || namespaces.includes(namespace)) && matchesLabels(selector, labels);
  if (asks("default", { component: "apiserver", provider: "kubernetes" })) {
    collector.need(from, { kind: "api-server" }, { protocol: "TCP", port: 443 }, reason);
  } else if (asks("kube-system", { "k8s-app": "kubelet", "app.kubernetes.io/name": "kubelet" })) {
    const name = textAt(endpoint, "port") ?? "";
    const port = name === "cadvisor" ? 4194 : name === "http-metrics" ? 10_255 : 10_250;
    collector.need(from, { kind: "nodes" }, { protocol: "TCP", port }, reason);
  } else if (asks("kube-system", { "k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS" })) {
    const to: NeedEnd = {
      kind: "unread-pods",
      namespace: "kube-system",
      labels: { "k8s-app": "kube-dns" },
      name: "kube-system pods k8s-app=kube-dns",
    };
    collector.need(from, to, { protocol: "TCP", port: 9153 }, reason);
  } else {
    const where = namespaces === undefined ? "any namespace" : namespaces.join(", ");
    const text = `ServiceMonitor ${monitor.name} selects no Service that was read (${where})`;
    collector.unknown({ code: "network.need.no-service", reason: text, place, workload: pods.name });
  }
}

function scrapePods({ context, pods, monitor, spec }: Monitor): void {
  const selector = selectorAt(spec, "selector");
  const namespaces = namespacesOf(spec, monitor);
  if (selector === undefined) return;
  const scraped = context.pods.filter(
    ({ namespace, labels }) =>
      (namespaces === undefined || namespaces.includes(namespace)) && matchesLabels(selector, labels),
  );
  for (const [index, endpoint] of listAt(spec, "podMetricsEndpoints").entries()) {
    const place = { object: monitor, field: ["spec", "podMetricsEndpoints", index] };
    const port = valueAt(endpoint, ["portNumber"]) ?? textAt(endpoint, "port") ?? valueAt(endpoint, ["targetPort"]);
    const text = `PodMonitor ${monitor.name} has it scraped`;
    for (const { to, ...reached } of targets(scraped, port)) {
      context.collector.need({ kind: "pods", pods }, to, reached, { kind: "scrape", text, place });
    }
  }
}

/** Targets by name: of a Probe the prober, which asks the targets itself; of a ScrapeConfig its own. */
function scrapeNamed({ context, pods, monitor, spec }: Monitor): void {
  const place = (...field: Place["field"]) => ({ object: monitor, field: ["spec", ...field] });
  if (monitor.kind === "Probe") {
    const url = valueAt(spec, ["prober", "url"]);
    const scheme = textAt(valueAt(spec, ["prober"]), "scheme") ?? "http";
    if (typeof url === "string") {
      named(
        context,
        pods,
        url.includes("://") ? url : `${scheme.toLowerCase()}://${url}`,
        "scrape",
        `Probe ${monitor.name}`,
        place("prober", "url"),
      );
    }
    return;
  }
  const scheme = textAt(spec, "scheme")?.toLowerCase() ?? "http";
  for (const [index, config] of listAt(spec, "staticConfigs").entries()) {
    for (const target of listAt(config, "targets")) {
      if (typeof target !== "string") continue;
      named(
        context,
        pods,
        `${scheme}://${target}`,
        "scrape",
        `ScrapeConfig ${monitor.name}`,
        place("staticConfigs", index),
      );
    }
  }
  const others = isObject(spec) ? Object.keys(spec).filter((key) => key.endsWith("SDConfigs")) : [];
  if (others.length > 0) {
    const reason = `ScrapeConfig ${monitor.name} finds targets while it runs (${others.join(", ")})`;
    context.collector.unknown({ code: "network.need.dynamic", reason, place: place(), workload: pods.name });
  }
}

function alerting(context: NeedContext, pods: PodEndpoint, spec: unknown): void {
  const { object } = pods.workload;
  for (const [index, target] of listAt(valueAt(spec, ["alerting"]), "alertmanagers").entries()) {
    const name = textAt(target, "name");
    if (name === undefined) continue;
    const namespace = textAt(target, "namespace") ?? pods.namespace;
    const place = { object, field: ["spec", "alerting", "alertmanagers", index] };
    const known = context.services.named(namespace, name);
    const says = `alerts go to Service ${namespace}/${name}`;
    if (known === undefined) {
      const reason = `${says}, which was not read`;
      context.collector.unknown({ code: "network.need.no-service", reason, place, workload: pods.name });
      continue;
    }
    const port = valueAt(target, ["port"]);
    const wanted = typeof port === "number" || typeof port === "string" ? port : undefined;
    toKnown(context, pods, known, wanted, "alerting", says, place);
  }
}

/** URLs of its own: remote writes and reads, queries, alertmanagers of a ThanosRuler. */
function urls(context: NeedContext, pods: PodEndpoint, object: KubernetesObject, spec: unknown): void {
  for (const list of ["remoteWrite", "remoteRead"]) {
    for (const [index, one] of listAt(spec, list).entries()) {
      const place = { object, field: ["spec", list, index, "url"] };
      named(context, pods, textAt(one, "url") ?? "", "service-name", `spec.${list}`, place);
    }
  }
  for (const list of ["queryEndpoints", "alertmanagersUrl", "additionalPeers"]) {
    for (const [index, one] of listAt(spec, list).entries()) {
      const place = { object, field: ["spec", list, index] };
      if (typeof one === "string") named(context, pods, one, "service-name", `spec.${list}`, place);
    }
  }
}

function named(
  context: NeedContext,
  pods: PodEndpoint,
  text: string,
  kind: NeedKind,
  says: string,
  place: Place,
): void {
  for (const { host, isAddress, port, scheme } of hostsIn(text)) {
    const wanted = port ?? schemePort(scheme);
    const resolved = isAddress ? undefined : context.services.resolve(host, pods.namespace);
    if (resolved?.kind === "service") toKnown(context, pods, resolved.service, wanted, kind, `${says} names it`, place);
    else if (resolved?.kind === "no-service" || resolved?.kind === "word") {
      const reason = `${says} names ${host}, a Service that was not read`;
      context.collector.unknown({ code: "network.need.no-service", reason, place, workload: pods.name });
    } else if (resolved?.kind === "host" && wanted !== undefined && host.includes(".")) {
      const reason = { kind: "host-name" as const, text: `${says} names ${host}`, place };
      context.collector.need({ kind: "pods", pods }, { kind: "host", host }, { protocol: "TCP", port: wanted }, reason);
    }
  }
}

function toKnown(
  context: NeedContext,
  pods: PodEndpoint,
  known: KnownService,
  wanted: number | string | undefined,
  kind: NeedKind,
  text: string,
  place: Place,
): void {
  for (const { to, protocol, port } of reachService(context, known, wanted, {
    says: text,
    place,
    workload: pods.name,
  })) {
    context.collector.need({ kind: "pods", pods }, to, { protocol, port }, { kind, text, place });
  }
}

/** `prometheus.io/scrape: "true"`: a convention of configurations that no object states. */
function annotated({ pods, collector }: NeedContext): void {
  for (const { workload, name } of pods) {
    if (workload.podMetadata.annotations["prometheus.io/scrape"] !== "true") continue;
    const place = { object: workload.object, field: [...workload.templatePath, "metadata", "annotations"] };
    const reason = "asks to be scraped by the annotation prometheus.io/scrape: by whom is stated nowhere";
    collector.unknown({ code: "network.need.scrape-annotation", reason, place, workload: name });
  }
}

/** Whose the ends of observed connections are. */
import { greatest } from "../../../core/extremes.ts";
import { type AddressRange, overlap, parseCidr } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { NodeEndpoint, PodEndpoint } from "../endpoint-model.ts";
import { endKey, type NeedEnd, type NeedPort } from "../needs/model.ts";
import { portsOf, reachedBy, type Services } from "../needs/services.ts";
import type { ClusterSettings } from "../settings.ts";
import type { ObservedConnection, ObservedEnd } from "./model.ts";

export interface AttributedConnection extends NeedPort {
  readonly from: NeedEnd;
  readonly to: NeedEnd;
  readonly count: number;
  readonly last?: string;
}

export interface Attributed {
  /** Of equal ends one. */
  readonly connections: readonly AttributedConnection[];
  /** Why an end is nobody's → how many records. */
  readonly unattributed: ReadonlyMap<string, number>;
}

export interface Cluster {
  readonly pods: readonly PodEndpoint[];
  readonly nodes: readonly NodeEndpoint[];
  readonly services: Services;
  readonly settings: ClusterSettings;
}

type Whose = NeedEnd | { readonly kind: "nobody"; readonly reason: string };

export function attribute(observed: readonly ObservedConnection[], cluster: Cluster): Attributed {
  const found = new Map<string, AttributedConnection>();
  const unattributed = new Map<string, number>();
  const whose = ownerFinder(cluster);

  function add(from: NeedEnd, to: NeedEnd, { protocol, port }: NeedPort, { count, last }: ObservedConnection): void {
    const key = `${endKey(from)}\n${endKey(to)}\n${protocol} ${port}`;
    const before = found.get(key);
    const latest = before?.last !== undefined && (last === undefined || before.last > last) ? before.last : last;
    const total = count + (before?.count ?? 0);
    found.set(key, { from, to, protocol, port, count: total, ...(latest === undefined ? {} : { last: latest }) });
  }

  for (const connection of observed) {
    const from = whose(connection.from, undefined);
    const within = from.kind === "pods" ? from.pods.namespace : undefined;
    const ends = from.kind === "nobody" ? [from] : destinations(connection, whose, cluster, within);
    for (const end of ends) {
      if ("to" in end && from.kind !== "nobody") add(from, end.to, end, connection);
      else if ("reason" in end) unattributed.set(end.reason, (unattributed.get(end.reason) ?? 0) + connection.count);
    }
  }
  return { connections: [...found.values()], unattributed };
}

type Destination = (NeedPort & { readonly to: NeedEnd }) | { readonly reason: string };

function destinations(
  connection: ObservedConnection,
  whose: OwnerFinder,
  { services }: Cluster,
  namespace: string | undefined,
): readonly Destination[] {
  const { to, protocol, port } = connection;
  const service =
    to.pod === undefined && to.workload === undefined && to.name !== undefined
      ? services.resolve(to.name.toLowerCase(), to.namespace ?? namespace ?? "")
      : undefined;
  if (service?.kind === "service" && service.service.service.type !== "ExternalName") {
    const known = service.service;
    // The address is one of its pods: the port is that pod's own.
    if (connection.portOf === "pod") {
      return known.pods.map((pods) => ({ to: { kind: "pods", pods }, protocol, port }));
    }
    const reached = portsOf(known, port).flatMap((one) => reachedBy(known, one).reached);
    if (reached.length > 0) return reached;
    return [{ reason: `a Service's port that leads to no pod that was read (${known.namespace}/${known.name})` }];
  }
  if (service?.kind === "api-server") return [{ to: { kind: "api-server" }, protocol, port }];
  const owner = whose(to, namespace);
  return owner.kind === "nobody" ? [owner] : [{ to: owner, protocol, port }];
}

type OwnerFinder = (end: ObservedEnd, namespace: string | undefined) => Whose;

function ownerFinder({ pods, nodes, services, settings }: Cluster): OwnerFinder {
  const byName = new Map(pods.map((one) => [one.name, one]));
  const byNamespace = Map.groupBy(pods, ({ namespace }) => namespace);
  const byAddress = new Map(pods.flatMap((one) => one.addresses.map((address) => [address, one] as const)));
  const nodeAddresses = new Set(nodes.flatMap(({ addresses }) => addresses));

  function podOf({ namespace, pod, workload, labels }: ObservedEnd): PodEndpoint | undefined {
    const candidates = namespace === undefined ? pods : (byNamespace.get(namespace) ?? []);
    if (workload !== undefined) {
      const stated = byName.get(`${namespace ?? ""}/${workload.kind ?? ""}/${workload.name}`);
      if (stated !== undefined) return stated;
      const named = candidates.filter(({ workload: { object } }) => object.name === workload.name);
      if (named.length === 1 && (workload.kind === undefined || named[0]?.workload.form === "part")) return named[0];
    }
    if (pod !== undefined) {
      const named = candidates.filter((one) => isPodOf(one, pod));
      const longest = greatest(
        named.map(({ workload: { object } }) => object.name.length),
        0,
      );
      const best = named.filter(({ workload: { object } }) => object.name.length === longest);
      if (best.length === 1) return best[0];
    }
    if (labels !== undefined) {
      const alike = candidates.filter(
        ({ labels: own }) =>
          Object.keys(own).length > 0 && Object.entries(own).every(([label, value]) => labels[label] === value),
      );
      const most = greatest(
        alike.map(({ labels: own }) => Object.keys(own).length),
        0,
      );
      const best = alike.filter(({ labels: own }) => Object.keys(own).length === most);
      if (best.length === 1) return best[0];
    }
    return undefined;
  }

  return (end) => {
    const own = podOf(end);
    if (own !== undefined) return { kind: "pods", pods: own };
    if (end.entity === "api-server") return { kind: "api-server" };
    if (end.entity === "node") return { kind: "nodes" };
    if (end.pod !== undefined || end.workload !== undefined) {
      const called = end.workload?.name ?? end.pod;
      return { kind: "nobody", reason: `a pod of no workload that was read (${end.namespace ?? "?"}/${called})` };
    }
    if (end.address !== undefined) {
      const pod = byAddress.get(end.address);
      if (pod !== undefined) return { kind: "pods", pods: pod };
      if (nodeAddresses.has(end.address)) return { kind: "nodes" };
    }
    if (end.name?.includes(".") === true) return { kind: "host", host: end.name.toLowerCase() };
    const range = end.address === undefined ? undefined : parseCidr(end.address);
    if (range === undefined)
      return { kind: "nobody", reason: "an end without a name or address that says whose it is" };
    if (services.byAddress(end.address ?? "") !== undefined || isWithin(range, settings.serviceCidrs)) {
      return { kind: "nobody", reason: "an address of a Service, before it was translated to a pod's" };
    }
    if (isWithin(range, settings.nodeCidrs)) return { kind: "nodes" };
    if (isWithin(range, settings.podCidrs) || (end.entity === undefined && isPrivate(range))) {
      return { kind: "nobody", reason: "an address that may be a pod's that was not read" };
    }
    return { kind: "addresses", name: end.address ?? "", ranges: [range] };
  };
}

function isWithin(range: AddressRange, ranges: readonly AddressRange[]): boolean {
  return ranges.some((one) => overlap(one, range));
}

/** RFC 1918, RFC 6598 and RFC 4193: where clusters have their pods. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].flatMap(
  (text): AddressRange[] => {
    const range = parseCidr(text);
    return range === undefined ? [] : [range];
  },
);

function isPrivate(range: AddressRange): boolean {
  return isWithin(range, PRIVATE);
}

/** What controllers put behind a workload's name in the names of its pods. */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  Pod: /^$/,
  Deployment: /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/,
  ReplicaSet: /^-[a-z0-9]{5}$/,
  ReplicationController: /^-[a-z0-9]{5}$/,
  DaemonSet: /^-[a-z0-9]{5}$/,
  StatefulSet: /^-\d{1,6}$/,
  Job: /^(?:-\d{1,6})?-[a-z0-9]{5}$/,
  CronJob: /^-\d{1,12}(?:-\d{1,6})?-[a-z0-9]{5}$/,
};

/** `web-5d4f8c7b9-x2x4q` of Deployment web; `prometheus-k8s-0` of the Prometheus k8s. */
function isPodOf({ workload: { object }, name }: PodEndpoint, pod: string): boolean {
  if (pod.length > bounds.observedTextLength) return false;
  const prefix =
    object.group === "monitoring.coreos.com" && OPERATED.has(object.kind) ? `${OPERATED.get(object.kind)}-` : "";
  const called = `${prefix}${object.name || object.generateName || ""}`;
  if (!pod.startsWith(called)) return false;
  const ending = prefix === "" ? ENDINGS[object.kind] : /^(?:-shard-\d{1,4})?-\d{1,6}$/;
  // Of a pod that was read by itself, its owner is the endpoint's name.
  if (name.split("/")[1] !== object.kind && pod === object.name) return true;
  return ending === undefined
    ? pod.length > called.length && pod[called.length] === "-"
    : ending.test(pod.slice(called.length));
}

const OPERATED: ReadonlyMap<string, string> = new Map([
  ["Prometheus", "prometheus"],
  ["PrometheusAgent", "prom-agent"],
  ["Alertmanager", "alertmanager"],
  ["ThanosRuler", "thanos-ruler"],
]);

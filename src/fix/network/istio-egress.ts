/**
 * Egress by name with Istio: a ServiceEntry for each host, and Sidecars whose proxies know nothing but what is needed
 * (REGISTRY_ONLY). The network lets such a workload out to every public address on the host's port: its own proxy keeps it to
 * the name, which is no firewall against the workload itself (Istio's documentation, "Accessing External Services").
 */

import { everyAddress, subtract } from "../../engines/reachability/addresses.ts";
import { privateRanges } from "../../engines/reachability/atoms.ts";
import type { Need } from "../../engines/reachability/needs/model.ts";
import type { KnownService, Services } from "../../engines/reachability/needs/services.ts";
import { cidrsOf } from "./cidrs.ts";
import { commentsOf, shortName } from "./drafts.ts";
import { MESH_STAGES, meshObject, wholeDraft } from "./mesh-object.ts";
import type { AllowPart, Draft, Plain } from "./model.ts";
import { INTERNET } from "./peers.ts";
import { objectName, type Subject, type Subjects } from "./subjects.ts";

const apiVersion = "networking.istio.io/v1";

/** What a workload needs of the network for hosts that its proxy keeps it to. */
export function internetNeeds(hosts: readonly Need[]): Need[] {
  const ranges = subtract(everyAddress, privateRanges);
  return hosts.flatMap(({ from, to, protocol, port }): Need[] => {
    if (to.kind !== "host") return [];
    const text = `its proxy keeps it to ${to.host}`;
    return [
      { from, to: { kind: "addresses", name: INTERNET, ranges }, protocol, port, reasons: [{ kind: "mesh", text }] },
    ];
  });
}

export interface IstioEgressContext {
  readonly namespaces: ReadonlySet<string>;
  readonly subjects: Subjects;
  readonly services: Services;
}

/** @param hosts - needs to hosts @param needs - all others */
export function istioEgressDrafts(
  hosts: readonly Need[],
  needs: readonly Need[],
  context: IstioEgressContext,
): Draft[] {
  const own = new Map<Subject, Map<string, AllowPart>>();
  for (const need of hosts) {
    const subject = subjectOf(need, context.subjects);
    if (subject === undefined || need.to.kind !== "host") continue;
    add(own, subject, `${subject.namespace}/${need.to.host}`, need);
  }
  const shared = new Map<string, Map<string, AllowPart>>([...context.namespaces].map((one) => [one, new Map()]));
  for (const need of needs) {
    const subject = subjectOf(need, context.subjects);
    if (subject !== undefined && isByAddress(need) && context.namespaces.has(subject.namespace)) {
      add(own, subject, `${subject.namespace}/${addressHost(need)}`, need);
    }
  }
  for (const need of needs) {
    const subject = subjectOf(need, context.subjects);
    const service = serviceOf(need, context.services);
    if (subject === undefined || service === undefined || !context.namespaces.has(subject.namespace)) continue;
    const host = `${service.namespace}/${service.name}.${service.namespace}.svc.cluster.local`;
    if (own.has(subject)) add(own, subject, host, need);
    else add(shared, subject.namespace, host, need);
  }
  return [
    ...entries(hosts),
    ...addressEntries(needs.filter((need) => isByAddress(need) && context.namespaces.has(namespaceOf(need)))),
    ...[...shared].map(([namespace, parts]) => sidecar(namespace, undefined, parts)),
    ...[...own].map(([subject, parts]) => sidecar(subject.namespace, subject, parts)),
  ];
}

function subjectOf({ from, protocol }: Need, subjects: Subjects): Subject | undefined {
  return from.kind === "pods" && protocol === "TCP" ? subjects.of(from.pods) : undefined;
}

function add<Key>(lists: Map<Key, Map<string, AllowPart>>, key: Key, host: string, need: Need): void {
  const parts = lists.get(key) ?? new Map<string, AllowPart>();
  lists.set(key, parts);
  const before = parts.get(host)?.comments ?? [];
  parts.set(host, { key: host, values: [host], comments: [...new Set([...before, ...commentsOf(need)])] });
}

/** One that leads to the pods on the port: several would each be needless. */
function serviceOf({ to, reasons }: Need, { all }: Services): KnownService | undefined {
  if (to.kind !== "pods" || reasons.every(({ kind }) => kind === "mesh" || kind === "dns")) return undefined;
  return all.find(({ pods }) => pods.includes(to.pods));
}

function entries(hosts: readonly Need[]): Draft[] {
  const byHost = new Map<
    string,
    { readonly namespace: string; readonly host: string; readonly ports: Set<number>; readonly comments: Set<string> }
  >();
  for (const need of hosts) {
    const { from, to, port } = need;
    if (from.kind !== "pods" || to.kind !== "host") continue;
    const { namespace } = from.pods;
    const found = byHost.get(`${namespace} ${to.host}`) ?? {
      namespace,
      host: to.host,
      ports: new Set(),
      comments: new Set(),
    };
    byHost.set(`${namespace} ${to.host}`, found);
    found.ports.add(port);
    for (const comment of commentsOf(need)) found.comments.add(comment);
  }
  return [...byHost.values()].map(({ namespace, host, ports, comments }) => {
    const spec = {
      hosts: [host],
      exportTo: ["."],
      location: "MESH_EXTERNAL",
      resolution: host.includes("*") ? "NONE" : "DNS",
      ports: [...ports]
        .sort((a, b) => a - b)
        .map((number) => ({
          number,
          name: `${protocolOf(number).toLowerCase()}-${number}`,
          protocol: protocolOf(number),
        })),
    };
    const name = `egress-${host.replace(/^\*/, "any").replace(/[^a-z0-9-]/g, "-")}`;
    return wholeDraft({ apiVersion, kind: "ServiceEntry", namespace, name }, spec, [...comments]);
  });
}

/** Addresses that the list or a workload names; proxies see no others of this kind. */
function isByAddress({ to, reasons, protocol }: Need): boolean {
  const isNamed = reasons.some(({ kind }) => kind === "allow-list" || kind === "address");
  return to.kind === "addresses" && protocol === "TCP" && isNamed;
}

function namespaceOf({ from }: Need): string {
  return from.kind === "pods" ? from.pods.namespace : "";
}

function blocksOf({ to }: Need): string[] {
  return to.kind === "addresses" ? to.ranges.flatMap(cidrsOf) : [];
}

/** A name that nobody resolves (RFC 2606): the registry is by names. */
function addressHost(need: Need): string {
  return `${blocksOf(need)
    .join("-")
    .replace(/[^a-z0-9]+/g, "-")}-${need.port}.invalid`;
}

function addressEntries(needs: readonly Need[]): Draft[] {
  const byHost = Map.groupBy(needs, (need) => `${namespaceOf(need)} ${addressHost(need)}`);
  return [...byHost.values()].flatMap((same): Draft[] => {
    const [need] = same;
    if (need === undefined) return [];
    const blocks = blocksOf(need);
    const isSingle = blocks.length === 1 && /\/(?:32|128)$/.test(blocks[0] ?? "");
    const addresses = blocks.map((block) => block.replace(/\/(?:32|128)$/, ""));
    const spec = {
      hosts: [addressHost(need)],
      addresses,
      exportTo: ["."],
      location: "MESH_EXTERNAL",
      resolution: isSingle ? "STATIC" : "NONE",
      ports: [{ number: need.port, name: `tcp-${need.port}`, protocol: "TCP" }],
      ...(isSingle ? { endpoints: addresses.map((address) => ({ address })) } : {}),
    };
    const name = `egress-${addressHost(need).replace(/\.invalid$/, "")}`;
    return [
      wholeDraft(
        { apiVersion, kind: "ServiceEntry", namespace: namespaceOf(need), name },
        spec,
        same.flatMap(commentsOf),
      ),
    ];
  });
}

function protocolOf(port: number): string {
  return port === 443 ? "TLS" : port === 80 ? "HTTP" : "TCP";
}

/** Beside what workloads need, proxies know Istio's own, the API server and the cluster's DNS. */
const ALWAYS = [
  "istio-system/*",
  "default/kubernetes.default.svc.cluster.local",
  "kube-system/kube-dns.kube-system.svc.cluster.local",
];

function sidecar(namespace: string, subject: Subject | undefined, parts: ReadonlyMap<string, AllowPart>): Draft {
  const name = subject === undefined ? "default" : `egress-${objectName(subject)}`;
  const peers = [...parts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    kind: "Sidecar",
    namespace,
    name,
    ...(subject === undefined ? {} : { members: subject.members }),
    stages: MESH_STAGES,
    keepsWhenEmpty: true,
    comments: subject === undefined ? ["Proxies let nothing out but to what is listed."] : [],
    allows: peers.length === 0 ? [] : [{ direction: "egress", peers, ports: [], comments: [] }],
    build: (kept) => {
      const hosts = [...ALWAYS, ...kept.flatMap((allow) => allow.peers.map(({ key }) => key))];
      const egress: Plain = { hosts };
      const spec = {
        ...(subject?.selector === undefined ? {} : { workloadSelector: { labels: subject.selector.matchLabels } }),
        outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
        egress: [egress],
      };
      const why = kept.flatMap((allow) => allow.peers.flatMap(({ comments }) => comments));
      return {
        object: meshObject({ apiVersion, kind: "Sidecar", namespace, name }, spec),
        comments: new Map([[egress, [...new Set(why)]]]),
      };
    },
  };
}

/** What nobody but the sidecar keeps. */
export function istioEgressNotes(hosts: readonly Need[]): string[] {
  return [
    ...new Set(
      hosts.map(
        ({ from, port }) =>
          `${shortName(from)} is let out to every public address on port ${port}: its own sidecar keeps it to the names, and a process that goes around the sidecar is not kept`,
      ),
    ),
  ];
}

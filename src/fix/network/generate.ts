/** Policies for namespaces: made of what their workloads need, and proven before anybody sees them. */
import { compileGlob } from "../../core/glob.ts";
import { valueAt } from "../../core/untyped.ts";
import type { KubernetesObject, Manifests } from "../../engines/kubernetes/model.ts";
import { effectiveNamespace, rawOf } from "../../engines/kubernetes/model.ts";
import { coversDestination, parseDestination } from "../../engines/reachability/destination.ts";
import { readEndpoints } from "../../engines/reachability/endpoints.ts";
import type {
  ClusterSettings,
  MeshKind,
  Network,
  NodeEndpoint,
  PodEndpoint,
} from "../../engines/reachability/model.ts";
import { findNeeds } from "../../engines/reachability/needs/find.ts";
import type { InboundOptions } from "../../engines/reachability/needs/inbound.ts";
import { meshNeeds } from "../../engines/reachability/needs/mesh.ts";
import type { Need, UnknownNeed } from "../../engines/reachability/needs/model.ts";
import { indexServices } from "../../engines/reachability/needs/services.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { attribute } from "../../engines/reachability/observed/attribute.ts";
import type { ObservedConnection } from "../../engines/reachability/observed/model.ts";
import type { EgressAllowance } from "../../engines/reachability/policy.ts";
import type { CiliumDns } from "./cilium.ts";
import { draftPolicies } from "./drafts.ts";
import { type ProxyPlace, planEgress } from "./egress.ts";
import { type Proof, prove } from "./fix-verification.ts";
import { internetNeeds, istioEgressDrafts, istioEgressNotes } from "./istio-egress.ts";
import { meshDrafts, withProxies } from "./mesh.ts";
import type { ApiServer, EgressMode, Generated, MeshMode, UnmetNeed } from "./model.ts";
import { MANAGED_BY } from "./network-policy.ts";
import { isAmong, learnedNeeds, mergeNeeds } from "./observed-needs.ts";
import { findSubjects, workloadName } from "./subjects.ts";

export interface GenerateOptions extends InboundOptions {
  readonly settings: ClusterSettings;
  /** Patterns; none: every namespace that has pods of its own, but for those of the cluster itself. */
  readonly namespaces: readonly string[];
  readonly apiServer: readonly ApiServer[];
  readonly observed: readonly ObservedConnection[];
  /** The policy's list, and by what means it is kept to; without any, names are listed and not allowed. */
  readonly egress: readonly EgressAllowance[];
  readonly egressMode?: EgressMode;
  readonly meshMode?: MeshMode;
  readonly proxy: ProxyPlace;
}

export interface GeneratedSet extends Generated {
  readonly namespaces: readonly string[];
  readonly proof: Proof;
}

/** Of the cluster itself: whoever closes them by accident loses the cluster. */
const OWN_NAMESPACES = /^kube-(?:system|public|node-lease)$/;

export function generatePolicies(manifests: Manifests, options: GenerateOptions): GeneratedSet {
  const { settings, apiServer } = options;
  const namespaces = chosen(readEndpoints(manifests).pods, options.namespaces);
  const { base, replaced } = without(manifests, namespaces, options);
  const network = meshed(base, namespaces, options);
  const pods = network.endpoints.filter((one): one is PodEndpoint => one.kind === "pods");
  const nodes = network.endpoints.filter((one): one is NodeEndpoint => one.kind === "node");
  const meshOf = meshFinder(network);
  const subjects = findSubjects(network.manifests, pods);
  const found = findNeeds(network, options);
  const services = indexServices(network.manifests, pods);
  const attributed = attribute(options.observed, { pods, nodes, services, settings });
  const inside = pods.filter(({ namespace }) => namespaces.has(namespace));
  const egress = planEgress(options.egress, inside, options.egressMode, options.proxy);
  const declared = [...found.needs, ...learnedNeeds(attributed.connections)];
  const all = [...declared, ...meshNeeds(declared, pods, meshOf)].filter(concerns(namespaces));
  const outbound = options.egressMode === "istio" ? egress.needs.filter(({ to }) => to.kind === "host") : [];
  const listed = egress.needs.filter((need) => !outbound.includes(need));
  const needs = mergeNeeds([...withoutHosts(all), ...listed, ...internetNeeds(outbound)]);
  const cilium = options.egressMode === "cilium" || settings.cni === "cilium";
  const context = { settings, subjects, apiServer, namespaces, cilium, dns: ciliumDns(needs) };
  const { drafts, unmet, met, notes } = draftPolicies(needs, context);
  const isInMesh = (one: PodEndpoint) => meshOf(one) !== "none";
  const kept = outbound.length === 0 ? [] : istioEgressDrafts(outbound, met, { ...context, services });
  const further = options.meshMode === undefined ? [] : meshDrafts(options.meshMode, met, { ...context, isInMesh });
  const sorted = [...drafts, ...kept, ...further].sort((a, b) =>
    a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0,
  );
  const isMet = isAmong(met);
  const proof = prove({ ...context, base: network.manifests, drafts: sorted, needs: met, outbound });
  return {
    namespaces: [...namespaces].sort(),
    drafts: sorted,
    needs,
    unmet: [...unmet, ...notListed(all, options)],
    unknown: found.unknown.filter(isAbout(namespaces)),
    cut: attributed.connections.filter((one) => concernsEnds(one, namespaces) && !isMet(one)),
    unattributed: attributed.unattributed,
    replaced,
    notes: [
      ...egress.notes,
      ...notes,
      ...hostNotes(inside),
      ...meshNotes(meshModeOf(options)),
      ...istioEgressNotes(outbound),
    ].sort(),
    ...(egress.squid === undefined ? {} : { squid: egress.squid }),
    proof,
  };
}

/** The network as it is, or with the namespaces in the mesh that policies are asked for. */
function meshed(base: Manifests, namespaces: ReadonlySet<string>, options: GenerateOptions): Network {
  const { settings } = options;
  const meshMode = meshModeOf(options);
  const network = readNetwork(base, settings);
  if (meshMode === undefined) return network;
  const meshOf = meshFinder(network);
  const members = new Set(
    network.endpoints.flatMap((one) => (one.kind === "pods" && meshOf(one) !== "none" ? [one.workload] : [])),
  );
  return readNetwork(
    withProxies(base, meshMode, namespaces, (workload) => members.has(workload)),
    settings,
  );
}

/** Sidecars keep to names only workloads that have one. */
function meshModeOf({ meshMode, egressMode, egress }: GenerateOptions): MeshMode | undefined {
  return meshMode ?? (egressMode === "istio" && egress.length > 0 ? "istio" : undefined);
}

function meshFinder({ endpoints, mesh }: Network): (pods: PodEndpoint) => MeshKind | "none" {
  const byWorkload = new Map(
    endpoints.flatMap((one, index) =>
      one.kind === "pods" ? [[one.workload, mesh?.workloads[index]?.mesh ?? "none"] as const] : [],
    ),
  );
  return ({ workload }) => byWorkload.get(workload) ?? "none";
}

/** Above all who is not closed in. */
function hostNotes(pods: readonly PodEndpoint[]): string[] {
  return pods
    .filter(({ host }) => host)
    .map(
      (one) =>
        `${one.namespace}/${workloadName(one)} is on its node's network (hostNetwork), where no network policy selects it`,
    );
}

function meshNotes(mode: MeshMode | undefined): string[] {
  if (mode === undefined) return [];
  const label =
    mode === "istio"
      ? "the label istio-injection: enabled"
      : "the annotations linkerd.io/inject: enabled and config.linkerd.io/default-inbound-policy: deny";
  return [
    `the mesh's policies hold for pods in the mesh: the proof takes those of these namespaces to be in it (${label} on the Namespace)`,
  ];
}

/** Hosts that manifests name are let out by the policy's list alone: it is what says that they are meant. */
function withoutHosts(needs: readonly Need[]): readonly Need[] {
  return needs.filter(({ to }) => to.kind !== "host");
}

function notListed(needs: readonly Need[], { egress, egressMode }: GenerateOptions): UnmetNeed[] {
  return needs.flatMap((need): UnmetNeed[] => {
    const { from, to } = need;
    if (to.kind !== "host" || from.kind !== "pods" || isListed(egress, from.pods, `${to.host}:${need.port}`)) return [];
    const entry = `{ from: ${from.pods.namespace}/${workloadName(from.pods)}, to: ["${to.host}:${need.port}"] }`;
    const how = egressMode === undefined ? ", and choose --egress cilium, istio or squid" : "";
    const reason = "a host outside the cluster that network.egress of the policy does not list";
    return [{ need, reason, remedy: `if it is meant, list it: ${entry}${how}` }];
  });
}

function isListed(allowances: readonly EgressAllowance[], pods: PodEndpoint, wanted: string): boolean {
  const destination = parseDestination(wanted);
  if (destination === undefined) return false;
  return allowances.some(
    ({ from, to }) =>
      compileGlob(from)(`${pods.namespace}/${pods.workload.object.name}`) &&
      to.some((text) => {
        const listed = parseDestination(text);
        return listed?.port !== undefined && coversDestination(listed, destination);
      }),
  );
}

/** The pods of the cluster's DNS as Cilium names them. */
function ciliumDns(needs: readonly Need[]): CiliumDns[] {
  const found = new Map<string, CiliumDns>();
  for (const { reasons, to, port } of needs) {
    if (!reasons.every(({ kind }) => kind === "dns")) continue;
    const [namespace, labels] =
      to.kind === "pods"
        ? [to.pods.namespace, to.pods.labels]
        : to.kind === "unread-pods"
          ? [to.namespace, to.labels]
          : [];
    if (namespace === undefined || labels === undefined) continue;
    const endpoint = {
      "k8s:io.kubernetes.pod.namespace": namespace,
      ...Object.fromEntries(Object.entries(labels).map(([label, value]) => [`k8s:${label}`, value])),
    };
    found.set(JSON.stringify([endpoint, port]), { endpoint, port });
  }
  return [...found.values()];
}

/** As the API server takes them (RFC 1123 labels): they become names of files. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function chosen(pods: readonly PodEndpoint[], patterns: readonly string[]): ReadonlySet<string> {
  const all = new Set(
    pods
      .filter(({ host }) => !host)
      .map(({ namespace }) => namespace)
      .filter((one) => NAMESPACE.test(one)),
  );
  const matchers = patterns.map(compileGlob);
  return new Set(
    [...all].filter((one) =>
      matchers.length === 0 ? !OWN_NAMESPACES.test(one) : matchers.some((matches) => matches(one)),
    ),
  );
}

/** Kinds of which the namespaces' objects are left out, since those that are made take their place. */
function isTakenOver(object: KubernetesObject, options: GenerateOptions): boolean {
  const kind = `${object.group}/${object.kind}`;
  if (kind === "networking.k8s.io/NetworkPolicy") return true;
  if (kind === "networking.istio.io/Sidecar") return options.egressMode === "istio";
  const mode = meshModeOf(options);
  if (options.meshMode === undefined) return false;
  if (object.group === "policy.linkerd.io") return mode === "linkerd";
  if (kind === "security.istio.io/PeerAuthentication") return mode === "istio";
  // What denies stays: it is somebody's wish beside what is needed.
  const action = valueAt(rawOf(object), ["spec", "action"]) ?? "ALLOW";
  return kind === "security.istio.io/AuthorizationPolicy" && mode === "istio" && action === "ALLOW";
}

/** Without policies of the namespaces that the generated ones take the place of. */
function without(
  manifests: Manifests,
  namespaces: ReadonlySet<string>,
  options: GenerateOptions,
): { readonly base: Manifests; readonly replaced: readonly KubernetesObject[] } {
  const isOurs = ({ labels }: KubernetesObject) =>
    Object.entries(MANAGED_BY).every(([label, value]) => labels[label] === value);
  const isReplaced = (object: KubernetesObject) =>
    namespaces.has(effectiveNamespace(object) ?? "") && (isTakenOver(object, options) || isOurs(object));
  const base = {
    ...manifests,
    objects: manifests.objects.filter((object) => !isReplaced(object)),
    networkPolicies: manifests.networkPolicies.filter(({ object }) => !isReplaced(object)),
  };
  return { base, replaced: manifests.objects.filter((object) => isReplaced(object) && !isOurs(object)) };
}

function concerns(namespaces: ReadonlySet<string>): (need: Need) => boolean {
  return (need) => concernsEnds(need, namespaces);
}

function concernsEnds({ from, to }: Pick<Need, "from" | "to">, namespaces: ReadonlySet<string>): boolean {
  return [from, to].some((end) => end.kind === "pods" && !end.pods.host && namespaces.has(end.pods.namespace));
}

function isAbout(namespaces: ReadonlySet<string>): (one: UnknownNeed) => boolean {
  return ({ workload, place }) => {
    if (workload !== undefined) return namespaces.has(workload.slice(0, workload.indexOf("/")));
    const namespace = place === undefined ? undefined : effectiveNamespace(place.object);
    return namespace === undefined || namespaces.has(namespace) || OWN_NAMESPACES.test(namespace);
  };
}

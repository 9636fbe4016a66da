/** Policies for namespaces: made of what their workloads need, and proven before anybody sees them. */
import { compileGlob } from "../../core/glob.ts";
import type { KubernetesObject, Manifests } from "../../engines/kubernetes/model.ts";
import { effectiveNamespace } from "../../engines/kubernetes/model.ts";
import { readEndpoints } from "../../engines/reachability/endpoints.ts";
import type { ClusterSettings, PodEndpoint } from "../../engines/reachability/model.ts";
import { findNeeds } from "../../engines/reachability/needs/find.ts";
import type { InboundOptions } from "../../engines/reachability/needs/inbound.ts";
import type { Need, UnknownNeed } from "../../engines/reachability/needs/model.ts";
import { indexServices } from "../../engines/reachability/needs/services.ts";
import { attribute } from "../../engines/reachability/observed/attribute.ts";
import type { ObservedConnection } from "../../engines/reachability/observed/model.ts";
import { draftPolicies, MANAGED_BY } from "./drafts.ts";
import type { ApiServer, Generated } from "./model.ts";
import { isAmong, learnedNeeds, mergeNeeds } from "./observed-needs.ts";
import { type Proof, prove } from "./proof.ts";
import { findSubjects } from "./subjects.ts";

export interface GenerateOptions extends InboundOptions {
  readonly settings: ClusterSettings;
  /** Patterns; none: every namespace that has pods of its own, but for those of the cluster itself. */
  readonly namespaces: readonly string[];
  readonly apiServer: readonly ApiServer[];
  readonly observed: readonly ObservedConnection[];
}

export interface GeneratedSet extends Generated {
  readonly namespaces: readonly string[];
  readonly proof: Proof;
}

/** Of the cluster itself: whoever closes them by accident loses the cluster. */
const OWN_NAMESPACES = /^kube-(?:system|public|node-lease)$/;

export function generatePolicies(manifests: Manifests, options: GenerateOptions): GeneratedSet {
  const { pods, nodes } = readEndpoints(manifests);
  const namespaces = chosen(pods, options.namespaces);
  const base = without(manifests, namespaces);
  const subjects = findSubjects(base, pods);
  const found = findNeeds(base, pods, options);
  const services = indexServices(base, pods);
  const attributed = attribute(options.observed, { pods, nodes, services, settings: options.settings });
  const needs = mergeNeeds([...found.needs, ...learnedNeeds(attributed.connections)]).filter(concerns(namespaces));
  const context = { settings: options.settings, subjects, apiServer: options.apiServer, namespaces };
  const { drafts, unmet, met, notes } = draftPolicies(needs, context);
  const isMet = isAmong(met);
  const proof = prove({ ...context, base, drafts, needs: met });
  return {
    namespaces: [...namespaces].sort(),
    drafts,
    needs,
    unmet,
    unknown: found.unknown.filter(isAbout(namespaces)),
    cut: attributed.connections.filter((one) => concernsEnds(one, namespaces) && !isMet(one)),
    unattributed: attributed.unattributed,
    notes,
    proof,
  };
}

function chosen(pods: readonly PodEndpoint[], patterns: readonly string[]): ReadonlySet<string> {
  const all = new Set(pods.filter(({ host }) => !host).map(({ namespace }) => namespace));
  const matchers = patterns.map(compileGlob);
  return new Set(
    [...all].filter((one) =>
      matchers.length === 0 ? !OWN_NAMESPACES.test(one) : matchers.some((matches) => matches(one)),
    ),
  );
}

/** Kinds that are made here: what a run before this one made is not what this one starts from. */
const KINDS: ReadonlySet<string> = new Set(["networking.k8s.io/NetworkPolicy"]);

/** Without the NetworkPolicies of the namespaces, which the generated ones take the place of. */
function without(manifests: Manifests, namespaces: ReadonlySet<string>): Manifests {
  const isReplaced = (object: KubernetesObject) =>
    namespaces.has(effectiveNamespace(object) ?? "") &&
    (KINDS.has(`${object.group}/${object.kind}`) ||
      object.labels["app.kubernetes.io/managed-by"] === MANAGED_BY["app.kubernetes.io/managed-by"]);
  return {
    ...manifests,
    objects: manifests.objects.filter((object) => !isReplaced(object)),
    networkPolicies: manifests.networkPolicies.filter(({ object }) => !isReplaced(object)),
  };
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

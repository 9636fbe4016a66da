/** What becomes of each policy: whom it selects, whether it decides anything, and what in it stands for nothing. */
import type { NetworkPolicyFact, UnenforcedKind } from "../../../checks/subjects/network.ts";
import { effectiveNamespace, type KubernetesObject } from "../../../engines/kubernetes/model.ts";
import type { Network, PodEndpoint } from "../../../engines/reachability/model.ts";
import type { ClusterSettings } from "../../../engines/reachability/settings.ts";
import { unmatchedNames } from "./unmatched-names.ts";

/** Pairs of classes whose rules are gone through for policies without effect: some seconds' worth. */
const PAIRS = 20_000;

export interface PolicyFacts {
  readonly policies: readonly NetworkPolicyFact[];
  readonly unenforced: readonly UnenforcedKind[];
  /** Whether there were too many pairs to tell which policies are shadowed. */
  readonly tooMany: boolean;
}

/** @param isCluster - all of a live cluster was read: what was not found is not there */
export function policyFacts(network: Network, isCluster: boolean): PolicyFacts {
  const byObject = Map.groupBy(network.rules, ({ object }) => object);
  const pods = network.endpoints.filter((endpoint) => endpoint.kind === "pods");
  const namespaces = new Set(pods.map(({ namespace }) => namespace));
  const tooMany = network.classes.length ** 2 > PAIRS;
  const deciding = tooMany || byObject.size === 0 ? undefined : decidingObjects(network);
  const policies = [...byObject].map(([object, rules]): NetworkPolicyFact => {
    const selected = new Set(rules.flatMap(({ subject }) => [...subject.members]));
    const onHost = [...selected].filter((index) => (network.endpoints[index] as PodEndpoint).host).length;
    const comparable = isCluster || isAboutRead(object, namespaces);
    const isWhole = rules.every(({ doubt }) => doubt === undefined);
    const namesRead =
      isCluster ||
      rules.every((rule) => rule.peers.every((peer) => peer.kind !== "pods" || peer.pods.members.length > 0));
    const known = deciding !== undefined && isWhole && namesRead && comparable && selected.size > onHost;
    return {
      object,
      selected: selected.size,
      onHost,
      comparable: comparable && isWhole,
      ...(known ? { shadowed: !deciding.has(object) } : {}),
      unmatched: unmatchedNames(network, object, rules, { isCluster, namespaces }),
    };
  });
  return { policies, unenforced: unenforcedKinds(network.settings, [...byObject.keys()]), tooMany };
}

/** Of a directory it may be about pods that are elsewhere. */
function isAboutRead(object: KubernetesObject, namespaces: ReadonlySet<string>): boolean {
  if (object.kind === "NetworkPolicy" || object.kind === "CiliumNetworkPolicy") {
    return namespaces.has(effectiveNamespace(object) ?? "default");
  }
  return false;
}

/** Objects of rules that decide a port of some connection: of a rule that comes behind them all, nothing is missed. */
function decidingObjects(network: Network): ReadonlySet<KubernetesObject> {
  const found = new Set<KubernetesObject>();
  const examples = network.classes.map((members) => members);
  for (const sources of examples) {
    for (const targets of examples) {
      const [from = 0] = sources;
      // Between two of one class, where there are two.
      const to = targets.find((index) => index !== from) ?? targets[0] ?? 0;
      for (const { steps } of network.explain(from, to).stages) for (const { rule } of steps) found.add(rule.object);
    }
  }
  return found;
}

/** Groups of CNIs' own kinds → the CNI that acts on them. */
const OWNERS: ReadonlyMap<string, NonNullable<ClusterSettings["cni"]>> = new Map([
  ["cilium.io", "cilium"],
  ["crd.projectcalico.org", "calico"],
  ["projectcalico.org", "calico"],
  ["crd.antrea.io", "antrea"],
  ["k8s.ovn.org", "ovn-kubernetes"],
]);

/** Groups of meshes, which no CNI acts on. */
const MESHES: ReadonlySet<string> = new Set(["security.istio.io", "networking.istio.io", "policy.linkerd.io"]);

function unenforcedKinds({ cni }: ClusterSettings, objects: readonly KubernetesObject[]): UnenforcedKind[] {
  if (cni === undefined) return [];
  const found = new Map<string, { readonly objects: KubernetesObject[]; readonly reason: string }>();
  for (const object of objects) {
    const { group, kind } = object;
    const owner = OWNERS.get(group);
    const isOther = owner !== undefined && owner !== cni;
    if (MESHES.has(group) || (cni !== "none" && !isOther)) continue;
    const reason = cni === "none" ? "the cluster's CNI enforces no network policies" : `the cluster's CNI is ${cni}`;
    const name = owner === undefined ? kind : `${kind} (${group})`;
    const one = found.get(name) ?? { objects: [], reason };
    found.set(name, one);
    one.objects.push(object);
  }
  return [...found].flatMap(
    ([
      kind,
      {
        objects: [first, ...more],
        reason,
      },
    ]) => (first === undefined ? [] : [{ kind, objects: [first, ...more], reason }]),
  );
}

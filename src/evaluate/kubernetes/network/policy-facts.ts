/** What becomes of each policy: whom it selects, whether it decides anything, and what in it stands for nothing. */
import type { NetworkPolicyFact, PolicyFault, UnenforcedKind } from "../../../checks/subjects/network.ts";
import { describeObject, effectiveNamespace, type KubernetesObject } from "../../../engines/kubernetes/model.ts";
import type { Network, PodEndpoint } from "../../../engines/reachability/model.ts";
import { unmatchedNames } from "./unmatched-names.ts";

/** Pairs of classes whose rules are gone through for policies without effect: some seconds' worth. */
const PAIRS = 20_000;

export interface PolicyFacts {
  readonly policies: readonly NetworkPolicyFact[];
  readonly unenforced: readonly UnenforcedKind[];
  readonly faults: readonly PolicyFault[];
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
  return { policies, unenforced: unenforcedKinds(network, [...byObject.keys()]), faults: faultsOf(network), tooMany };
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

/** Groups of meshes, which no CNI acts on. */
const MESHES: ReadonlySet<string> = new Set(["security.istio.io", "networking.istio.io", "policy.linkerd.io"]);

const OTHER_CNI = "network.policy-of-other-cni";

/** All kinds where the CNI enforces none; else those of other CNIs. */
function unenforcedKinds({ settings: { cni }, gaps }: Network, objects: readonly KubernetesObject[]): UnenforcedKind[] {
  const found = new Map<string, { readonly objects: KubernetesObject[]; readonly reason: string }>();
  const add = (object: KubernetesObject, reason: string) => {
    const kind = object.group.endsWith("networking.k8s.io") ? object.kind : `${object.kind} (${object.group})`;
    const one = found.get(kind) ?? { objects: [], reason };
    found.set(kind, one);
    one.objects.push(object);
  };
  if (cni === undefined) return [];
  const reason = cni === "none" ? "the cluster's CNI enforces no network policies" : `the cluster's CNI is ${cni}`;
  for (const object of objects) if (cni === "none" && !MESHES.has(object.group)) add(object, reason);
  for (const { code, object } of gaps) if (code === OTHER_CNI && object !== undefined) add(object, reason);
  return [...found].flatMap(
    ([
      kind,
      {
        objects: [first, ...more],
        reason: why,
      },
    ]) => (first === undefined ? [] : [{ kind, objects: [first, ...more], reason: why }]),
  );
}

/** Of one object and field each once. */
function faultsOf({ gaps }: Network): PolicyFault[] {
  const found = new Map<string, PolicyFault>();
  for (const { code, object, field = [], reason, remedy } of gaps) {
    if (object === undefined || code === OTHER_CNI || !code.startsWith("network.")) continue;
    const key = `${code} ${describeObject(object)} ${object.group}`;
    if (found.has(key)) continue;
    found.set(key, { code, place: { object, field }, reason, ...(remedy === undefined ? {} : { remedy }) });
  }
  return [...found.values()];
}

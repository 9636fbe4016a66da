/** Mistakes in the semantics, one at a time: each changes one place of the engine, and must be noticed. */

export interface Mutation {
  readonly mistake: string;
  /** Under src/engines/reachability/. */
  readonly file: string;
  /** Occurs once. */
  readonly from: string;
  readonly to: string;
  /** The random cluster that tells, so that not all before it have to be tried. */
  readonly seed: number;
}

const NETWORK_POLICY = "policies/network-policy.ts";
const CLUSTER_POLICY = "policies/cluster-network-policy.ts";

export const mutations: readonly Mutation[] = [
  {
    mistake: "a policy without policyTypes always isolates egress too",
    file: NETWORK_POLICY,
    from: 'spec.list("egress").length > 0',
    to: "true",
    seed: 1,
  },
  {
    mistake: "an empty list of peers is nobody",
    file: NETWORK_POLICY,
    from: 'if (listed.length === 0) return [{ kind: "everything" }];',
    to: "if (listed.length === 0) return [];",
    seed: 1,
  },
  {
    mistake: "a port without a protocol is UDP",
    file: NETWORK_POLICY,
    from: 'protocol: port.string("protocol") ?? "TCP"',
    to: 'protocol: port.string("protocol") ?? "UDP"',
    seed: 8,
  },
  {
    mistake: "endPort counts for nothing",
    file: "policies/ports.ts",
    from: "last: endPort ?? port",
    to: "last: port",
    seed: 17,
  },
  {
    mistake: "a peer's podSelector alone is about every namespace",
    file: NETWORK_POLICY,
    from: "namespaces === undefined ? { name: namespace } : { selector: namespaces }",
    to: "namespaces === undefined ? undefined : { selector: namespaces }",
    seed: 8,
  },
  {
    mistake: "except counts for nothing",
    file: NETWORK_POLICY,
    from: "return subtract([range], holes);",
    to: "return [range];",
    seed: 17,
  },
  {
    mistake: "a policy that selects a pod denies nothing",
    file: NETWORK_POLICY,
    from: 'action: "deny",',
    to: 'action: "accept",',
    seed: 1,
  },
  {
    mistake: "NotIn needs the label",
    file: "selector.ts",
    from: 'operator === "In" ? among : !among',
    to: 'operator === "In" ? among : value !== undefined && !among',
    seed: 7,
  },
  {
    mistake: "Exists and DoesNotExist are the same",
    file: "selector.ts",
    from: 'if (operator === "DoesNotExist") return value === undefined;',
    to: 'if (operator === "DoesNotExist") return value !== undefined;',
    seed: 1,
  },
  {
    mistake: "Cilium holds an ipBlock against pods",
    file: "policies/address-matches.ts",
    from: '{ pods: "never", nodes: "never" }',
    to: '{ pods: "by-address", nodes: "by-address" }',
    seed: 13,
  },
  {
    mistake: "every CNI that nobody knows holds an ipBlock against pods",
    file: "policies/address-matches.ts",
    from: "{ pods: UNKNOWN_CNI, nodes: UNKNOWN_CNI }",
    to: '{ pods: "by-address", nodes: "by-address" }',
    seed: 17,
  },
  {
    mistake: "a pod's own node is denied as others are",
    file: "network.ts",
    from: 'return end === "from" ? decisions.accepted : decisions.maybeAccepted;',
    to: "return decisions.start;",
    seed: 2,
  },
  {
    mistake: "Pass accepts what no NetworkPolicy selects, and denies the rest",
    file: "decisions.ts",
    from: "sets.union(decision.open, decision.passed)",
    to: "decision.open",
    seed: 1,
  },
  {
    mistake: "the highest number goes first",
    file: "network.ts",
    from: "a.group - b.group || a.band - b.band",
    to: "a.group - b.group || b.band - a.band",
    seed: 1,
  },
  {
    mistake: "of equal priorities the first that was read decides",
    file: "decisions.ts",
    from: "sets.union(a.denied, b.denied)",
    to: "a.denied",
    seed: 528,
  },
  {
    mistake: "a NetworkPolicy goes before an AdminNetworkPolicy",
    file: "rule-model.ts",
    from: "admin: 1, policy: 2",
    to: "admin: 2, policy: 1",
    seed: 2,
  },
  {
    mistake: "the baseline goes before NetworkPolicies",
    file: "rule-model.ts",
    from: "policy: 2, baseline: 3",
    to: "policy: 3, baseline: 2",
    seed: 6,
  },
  {
    mistake: "a port by name is looked up at the source",
    file: "plan.ts",
    from: "compiled.isEgress ? other.one : subject",
    to: "compiled.isEgress ? subject : other.one",
    seed: 19,
  },
  {
    mistake: "a port by name is every protocol's",
    file: "named-ports.ts",
    from: '.filter((one) => protocol === "any" || protocol === one)',
    to: ".filter(() => true)",
    seed: 11,
  },
  {
    mistake: "ports of init containers that have ended are named too",
    file: "endpoints.ts",
    from: '.filter(({ restartPolicy }) => restartPolicy === "Always")',
    to: "",
    seed: 792,
  },
  {
    mistake: "an accepting rule with a peer that nobody knows accepts everything",
    file: CLUSTER_POLICY,
    from: 'if (action === "accept") return { peers: [] };',
    to: 'if (action === "accept") return { peers: [{ kind: "everything" }] };',
    seed: 140,
  },
  {
    mistake: "networks of a ClusterNetworkPolicy are never pods",
    file: CLUSTER_POLICY,
    from: 'matches: { pods: "by-address", nodes: "by-address" }',
    to: 'matches: { pods: "never", nodes: "never" }',
    seed: 2,
  },
  {
    mistake: "a pod may not speak to itself",
    file: "network.ts",
    from: "if (from !== to) return false;",
    to: "return false;",
    seed: 1,
  },
  {
    mistake: "a pod on its node's network is picked by its labels",
    file: "peer-sets.ts",
    from: "add.one(index, (endpoints[index] as PodEndpoint).host ? (peer.doubt ?? HOST) : peer.doubt);",
    to: "add.one(index, peer.doubt);",
    seed: 17,
  },
];

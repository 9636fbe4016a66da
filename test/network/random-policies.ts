/** Random policies of every kind for a random cluster (random-clusters.ts), each as its API would accept it. */
import type { Random } from "../differential/random.ts";
import { type KubernetesObject, parseCidr, share } from "./oracle-objects.ts";

export interface PolicySeed {
  readonly random: Random;
  readonly namespaces: readonly string[];
  readonly families: readonly (4 | 6)[];
  /** Leave out what the documents leave open. */
  readonly decided: boolean;
  readonly versions: readonly ("v1alpha1" | "v1alpha2")[];
}

type Fields = Record<string, unknown>;

/** Nested in and beside one another, with pods', nodes' and outside addresses at their edges. */
const CIDRS = {
  4: [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.0.2/32",
    "10.244.0.0/16",
    "10.244.0.0/24",
    "10.244.0.0/25",
    "10.244.0.128/25",
    "10.244.1.0/24",
    "10.244.128.0/17",
    "192.0.2.0/24",
    "192.0.2.128/25",
    "192.0.2.128/32",
    "169.254.169.254/32",
  ],
  6: [
    "::/0",
    "fd00::/8",
    "fd00:10::/64",
    "fd00:10::2/128",
    "fd00:244::/64",
    "fd00:244::/120",
    "fd00:244::/121",
    "fd00:244::80/121",
    "fd00:244::100/120",
    "fd00:244::8000/113",
    "2001:db8::/32",
    "2001:db8::8000/113",
    "2001:db8::8000/128",
    "fd00:ec2::254/128",
  ],
};

const PORTS = [80, 81, 443, 8080];
const NAMES = ["http", "admin", "dns", "early", "side", "nowhere"];

/** Up to eight; those of the tiers have priorities from a range small enough to meet. */
export function randomPolicies(seed: PolicySeed): KubernetesObject[] {
  const { random, decided, versions } = seed;
  const priorities = Array.from({ length: 8 }, (_, index) => index);
  const priority = (): number => {
    if (!decided) return random.below(4);
    return priorities.splice(random.below(priorities.length), 1)[0] ?? 1000;
  };
  let baselines = 0;
  return Array.from({ length: random.below(9) }, (_, index) => {
    const name = `policy-${index}`;
    if (random.once(2)) return networkPolicy(name, seed);
    const version = random.pick(versions);
    if (version === "v1alpha2") return clusterNetworkPolicy(name, priority(), seed);
    // There is one BaselineAdminNetworkPolicy in a cluster, `default`.
    if (random.once(3) && baselines++ === 0) return adminNetworkPolicy("default", undefined, seed);
    return adminNetworkPolicy(name, priority(), seed);
  });
}

function some<Value>(random: Random, most: number, make: () => Value): Value[] {
  return Array.from({ length: 1 + random.below(most) }, make);
}

/** Keys and values that pods, namespaces and nodes have, and some that none has. */
function selector(random: Random, keys: readonly string[] = ["app", "tier"]): Fields {
  const key = random.pick(keys);
  const value = () => random.pick(["a", "b", "c"]);
  switch (random.below(7)) {
    case 0:
    case 1:
      return {};
    case 2:
    case 3:
      return { matchLabels: { [key]: value() } };
    case 4:
      return { matchExpressions: [{ key, operator: random.pick(["In", "NotIn"]), values: some(random, 2, value) }] };
    case 5:
      return { matchExpressions: [{ key, operator: random.pick(["Exists", "DoesNotExist"]) }] };
    default:
      return {
        matchLabels: { [key]: value() },
        matchExpressions: [
          { key: random.pick(keys), operator: random.pick(["Exists", "NotIn"]), values: [value()] },
        ].map((each) => (each.operator === "Exists" ? { key: each.key, operator: each.operator } : each)),
      };
  }
}

function namespaceSelector({ random, namespaces }: PolicySeed): Fields {
  if (!random.once(4)) return selector(random, ["team", "app", "tier"]);
  return { matchLabels: { "kubernetes.io/metadata.name": random.pick([...namespaces, "elsewhere"]) } };
}

function networkPolicy(name: string, seed: PolicySeed): KubernetesObject {
  const { random } = seed;
  const spec: Fields = {};
  if (!random.once(5)) spec.podSelector = selector(random);
  const types = random.pick([undefined, undefined, [], ["Ingress"], ["Egress"], ["Ingress", "Egress"]]);
  if (types) spec.policyTypes = types;
  if (!random.once(4)) spec.ingress = random.once(5) ? [] : some(random, 3, () => networkRule("from", seed));
  if (random.once(2)) spec.egress = random.once(5) ? [] : some(random, 3, () => networkRule("to", seed));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: random.pick(seed.namespaces) },
    spec,
  };
}

function networkRule(direction: "from" | "to", seed: PolicySeed): Fields {
  const { random } = seed;
  const rule: Fields = {};
  if (!random.once(5)) rule[direction] = random.once(6) ? [] : some(random, 3, () => networkPeer(seed));
  if (random.once(2)) rule.ports = random.once(8) ? [] : some(random, 2, () => networkPort(random));
  return rule;
}

function networkPeer(seed: PolicySeed): Fields {
  const { random } = seed;
  switch (random.below(5)) {
    case 0:
      return { podSelector: selector(random) };
    case 1:
      return { namespaceSelector: namespaceSelector(seed) };
    case 2:
      return { namespaceSelector: namespaceSelector(seed), podSelector: selector(random) };
    default:
      return { ipBlock: ipBlock(seed) };
  }
}

function ipBlock({ random, families }: PolicySeed): Fields {
  const all = CIDRS[random.pick(families)];
  const cidr = random.pick(all);
  const inside = all.filter((each) => each !== cidr && share(parseCidr(each), parseCidr(cidr), []) === "all");
  if (inside.length === 0 || random.once(2)) return { cidr, ...(random.once(6) && { except: [] }) };
  return { cidr, except: [...new Set(some(random, 2, () => random.pick(inside)))] };
}

function networkPort(random: Random): Fields {
  const port: Fields = {};
  const protocol = random.pick([undefined, "TCP", "UDP", "SCTP"]);
  if (protocol) port.protocol = protocol;
  switch (random.below(5)) {
    case 0:
      return port;
    case 1:
      return { ...port, port: random.pick(NAMES) };
    case 2: {
      const first = random.pick(PORTS);
      return {
        ...port,
        port: first,
        endPort: random.pick([first, first + 1, 443, 8080].filter((end) => end >= first)),
      };
    }
    default:
      return { ...port, port: random.pick(PORTS) };
  }
}

function subject(seed: PolicySeed): Fields {
  if (seed.random.once(2)) return { namespaces: namespaceSelector(seed) };
  return { pods: { namespaceSelector: namespaceSelector(seed), podSelector: selector(seed.random) } };
}

function tierPeer(direction: "ingress" | "egress", seed: PolicySeed): Fields {
  const { random, families } = seed;
  // A field of a later version of the API, which the readers of this one have to fail closed on.
  if (random.once(15)) return { services: {} };
  switch (random.below(direction === "egress" ? 6 : 2)) {
    case 0:
      return { namespaces: namespaceSelector(seed) };
    case 1:
      return { pods: { namespaceSelector: namespaceSelector(seed), podSelector: selector(random) } };
    case 2:
      return { nodes: selector(random, ["zone"]) };
    default:
      return { networks: [...new Set(some(random, 3, () => random.pick(CIDRS[random.pick(families)])))] };
  }
}

function tierRules(direction: "ingress" | "egress", actions: readonly string[], seed: PolicySeed): Fields {
  const { random } = seed;
  if (random.once(4)) return random.once(2) ? { [direction]: [] } : {};
  const rules = some(random, 3, () => {
    const peers = some(random, 2, () => tierPeer(direction, seed));
    // The API refuses names of ports where a peer has none.
    const named = !peers.some(({ networks, nodes }) => networks ?? nodes);
    const key = actions.includes("Accept") ? "protocols" : "ports";
    const make = () => (key === "protocols" ? tierProtocol(random, named) : tierPort(random, named));
    return {
      ...(random.once(2) && { name: `${direction} rule` }),
      action: random.pick(actions),
      [direction === "ingress" ? "from" : "to"]: peers,
      ...(random.once(2) && { [key]: some(random, 2, make) }),
    };
  });
  return { [direction]: rules };
}

function range(random: Random): { start: number; end: number } {
  const start = random.pick([79, 80, 81, 443]);
  return { start, end: random.pick([start + 1, 444, 8080]) };
}

function tierProtocol(random: Random, named: boolean): Fields {
  if (named && random.once(4)) return { destinationNamedPort: random.pick(NAMES) };
  const destinationPort = random.once(3) ? { range: range(random) } : { number: random.pick(PORTS) };
  return { [random.pick(["tcp", "tcp", "udp", "sctp"])]: { destinationPort } };
}

function tierPort(random: Random, named: boolean): Fields {
  if (named && random.once(4)) return { namedPort: random.pick(NAMES) };
  const protocol = random.pick(["TCP", "TCP", "UDP", "SCTP"]);
  if (random.once(3)) return { portRange: { protocol, ...range(random) } };
  return { portNumber: { protocol, port: random.pick(PORTS) } };
}

function clusterNetworkPolicy(name: string, priority: number, seed: PolicySeed): KubernetesObject {
  const actions = ["Accept", "Deny", "Pass"];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name },
    spec: {
      tier: seed.random.pick(["Admin", "Admin", "Baseline"]),
      priority,
      subject: subject(seed),
      ...tierRules("ingress", actions, seed),
      ...tierRules("egress", actions, seed),
    },
  };
}

/** Without a priority it is the BaselineAdminNetworkPolicy. */
function adminNetworkPolicy(name: string, priority: number | undefined, seed: PolicySeed): KubernetesObject {
  const actions = priority === undefined ? ["Allow", "Deny"] : ["Allow", "Deny", "Pass"];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: priority === undefined ? "BaselineAdminNetworkPolicy" : "AdminNetworkPolicy",
    metadata: { name },
    spec: {
      ...(priority !== undefined && { priority }),
      subject: subject(seed),
      ...tierRules("ingress", actions, seed),
      ...tierRules("egress", actions, seed),
    },
  };
}

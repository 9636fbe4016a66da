/** One direction of one connection through the tiers: Admin, NetworkPolicy, Baseline, and what is left is allowed. */
import {
  type Cluster,
  type End,
  ipBlockMatches,
  namedPortMatches,
  networkMatches,
  nodesMatch,
  type PodEnd,
  selectorsMatch,
} from "./oracle-ends.ts";
import {
  type Family,
  type Fields,
  fieldsOf,
  type KubernetesObject,
  listOf,
  type Protocol,
  selects,
  textOf,
  textsOf,
} from "./oracle-objects.ts";
import type { Asking, Readings } from "./oracle-questions.ts";

export type Direction = "ingress" | "egress";

/** A policy of the Admin or the Baseline tier, of either version of the API. */
interface TieredPolicy {
  readonly spec: Fields;
  /** Undefined for a BaselineAdminNetworkPolicy: it stands in no order to a ClusterNetworkPolicy of its tier. */
  readonly priority: number | undefined;
}

interface Tier {
  readonly name: "Admin" | "Baseline";
  readonly policies: readonly TieredPolicy[];
}

export interface PolicySet {
  readonly admin: Tier;
  readonly baseline: Tier;
  readonly network: readonly { readonly namespace: string; readonly spec: Fields }[];
}

export interface Traffic {
  readonly cluster: Cluster;
  readonly family: Family;
  readonly protocol: Protocol;
  readonly port: number | undefined;
  readonly from: End;
  readonly to: End;
  readonly asking: Asking;
  readonly readings: Readings;
}

export function policySet(objects: readonly KubernetesObject[]): PolicySet {
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  const tiered = (object: Fields): TieredPolicy => {
    const spec = fieldsOf(object.spec);
    const priority = object.kind === "BaselineAdminNetworkPolicy" ? undefined : Number(spec.priority);
    return { spec, priority };
  };
  const cluster = (tier: string) => of("ClusterNetworkPolicy").filter(({ spec }) => fieldsOf(spec).tier === tier);
  return {
    admin: { name: "Admin", policies: [...cluster("Admin"), ...of("AdminNetworkPolicy")].map(tiered) },
    baseline: { name: "Baseline", policies: [...cluster("Baseline"), ...of("BaselineAdminNetworkPolicy")].map(tiered) },
    network: of("NetworkPolicy").map((object) => ({
      namespace: textOf(fieldsOf(object.metadata).namespace) ?? "default",
      spec: fieldsOf(object.spec),
    })),
  };
}

/** Whether the policies of this direction's subject (egress: the source, ingress: the destination) let the traffic be. */
export function evaluateTiers(policies: PolicySet, direction: Direction, traffic: Traffic): boolean {
  const subject = (direction === "egress" ? traffic.from : traffic.to) as PodEnd;
  const admin = tierAction(policies.admin, direction, subject, traffic);
  if (admin === "allow" || admin === "deny") return admin === "allow";
  const decided = networkPolicies(policies, direction, subject, traffic);
  if (decided !== undefined) return decided;
  return tierAction(policies.baseline, direction, subject, traffic) !== "deny";
}

type Action = "allow" | "deny" | "pass";

/** The first priority at which a policy has a rule for the traffic decides; of several there, nobody knows which. */
function tierAction(tier: Tier, direction: Direction, subject: PodEnd, traffic: Traffic) {
  const matched = tier.policies.flatMap((policy) => {
    if (!isSubject(policy.spec, subject, traffic.cluster)) return [];
    const action = ruleAction(policy, direction, traffic);
    return action === undefined ? [] : [{ priority: policy.priority, action }];
  });
  const prioritized = matched.flatMap(({ priority, action }) => (priority === undefined ? [] : [{ priority, action }]));
  const first = Math.min(...prioritized.map(({ priority }) => priority));
  const candidates = matched.filter(({ priority }) => priority === undefined || priority === first);
  const [action, ...others] = new Set(candidates.map((each) => each.action));
  return action && traffic.asking.one(`${direction} ${tier.name}`, [action, ...others]);
}

/** `subject: {namespaces | pods: {namespaceSelector, podSelector}}`. */
function isSubject({ subject }: Fields, pod: PodEnd, { namespaces }: Cluster): boolean {
  const { namespaces: selector, pods } = fieldsOf(subject);
  const labels = namespaces.get(pod.namespace) ?? {};
  if (selector !== undefined) return selects(selector, labels);
  if (pods === undefined) return false;
  const { namespaceSelector, podSelector } = fieldsOf(pods);
  return selects(namespaceSelector, labels) && selects(podSelector, pod.labels);
}

/** The action of the policy's first rule, in the order written, that matches. */
function ruleAction({ spec }: TieredPolicy, direction: Direction, traffic: Traffic): Action | undefined {
  for (const rule of listOf(spec[direction])) {
    const action = rule.action === "Deny" ? "deny" : rule.action === "Pass" ? "pass" : "allow";
    const peers = listOf(direction === "ingress" ? rule.from : rule.to);
    const known = direction === "ingress" ? INGRESS_PEERS : EGRESS_PEERS;
    // A peer of a field that nobody knows: fail closed.
    if (peers.some((peer) => !known.some((field) => peer[field] !== undefined))) {
      if (action === "allow") continue;
      return "deny";
    }
    if (!protocolsMatch(rule, traffic)) continue;
    if (peers.some((peer) => tierPeerMatches(peer, direction, action, traffic))) return action;
  }
  return undefined;
}

const INGRESS_PEERS = ["namespaces", "pods"];
const EGRESS_PEERS = ["namespaces", "pods", "nodes", "networks", "domainNames"];

function tierPeerMatches(peer: Fields, direction: Direction, action: Action, traffic: Traffic): boolean {
  const { cluster, family, asking } = traffic;
  const end = direction === "ingress" ? traffic.from : traffic.to;
  const ask = (what: unknown, known: boolean | undefined) =>
    known ?? asking.either(`${direction} ${JSON.stringify(what)}`);
  if (peer.namespaces !== undefined) {
    return ask(peer, selectorsMatch({ selector: peer.namespaces }, {}, end, cluster));
  }
  if (peer.pods !== undefined) {
    const { namespaceSelector, podSelector } = fieldsOf(peer.pods);
    return ask(peer, selectorsMatch({ selector: namespaceSelector }, podSelector, end, cluster));
  }
  if (peer.nodes !== undefined) return ask(peer, nodesMatch(peer.nodes, end, cluster));
  if (peer.networks !== undefined) {
    return textsOf(peer.networks).some((cidr) => ask({ network: cidr }, networkMatches(cidr, end, family, cluster)));
  }
  // Which addresses a name has only its DNS knows; and no rule but one that accepts may have names.
  return ask(peer, end.kind === "address" || action !== "allow" ? undefined : false);
}

/** `protocols` (v1alpha2) or `ports` (v1alpha1); neither given means all, those without ports too. */
function protocolsMatch(rule: Fields, traffic: Traffic): boolean {
  const { protocol, port, to, asking } = traffic;
  const named = (name: unknown): boolean =>
    namedPortMatches(String(name), protocol, port, to) ?? asking.either(`port ${String(name)}`);
  const inRange = (start: unknown, end: unknown): boolean =>
    port !== undefined && port >= Number(start) && port <= Number(end);
  if (Array.isArray(rule.protocols)) {
    return listOf(rule.protocols).some((each) => {
      if (each.destinationNamedPort !== undefined) return named(each.destinationNamedPort);
      const matching = each[protocol.toLowerCase()];
      if (matching === undefined) return false;
      const { destinationPort } = fieldsOf(matching);
      if (destinationPort === undefined) return true;
      const { number, range } = fieldsOf(destinationPort);
      return range === undefined ? port === number : inRange(fieldsOf(range).start, fieldsOf(range).end);
    });
  }
  if (Array.isArray(rule.ports)) {
    return listOf(rule.ports).some(({ portNumber, portRange, namedPort }) => {
      if (namedPort !== undefined) return named(namedPort);
      const of = fieldsOf(portNumber ?? portRange);
      if ((of.protocol ?? "TCP") !== protocol) return false;
      return portNumber === undefined ? inRange(of.start, of.end) : port === of.port;
    });
  }
  return true;
}

/** Undefined where no NetworkPolicy isolates the subject; else whether one of those that do has a rule for the traffic. */
function networkPolicies(policies: PolicySet, direction: Direction, subject: PodEnd, traffic: Traffic) {
  const selecting = policies.network.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace && isolates(spec, direction) && selects(spec.podSelector, subject.labels),
  );
  if (selecting.length === 0) return undefined;
  if (traffic.protocol === "ICMP" && traffic.readings.otherProtocols !== "enforced") {
    return traffic.asking.either(`${direction} other protocols`);
  }
  return selecting.some(({ namespace, spec }) =>
    listOf(spec[direction]).some((rule) => networkRuleMatches(rule, direction, namespace, traffic)),
  );
}

/** As the API server completes `policyTypes`: Ingress always, Egress where there are rules for it. */
function isolates(spec: Fields, direction: Direction): boolean {
  const types = textsOf(spec.policyTypes);
  if (types.length > 0) return types.includes(direction === "ingress" ? "Ingress" : "Egress");
  return direction === "ingress" || listOf(spec.egress).length > 0;
}

function networkRuleMatches(rule: Fields, direction: Direction, namespace: string, traffic: Traffic): boolean {
  const ports = listOf(rule.ports);
  if (ports.length > 0 && !ports.some((each) => networkPortMatches(each, traffic))) return false;
  const peers = listOf(direction === "ingress" ? rule.from : rule.to);
  return peers.length === 0 || peers.some((peer) => networkPeerMatches(peer, direction, namespace, traffic));
}

function networkPortMatches({ protocol, port, endPort }: Fields, traffic: Traffic): boolean {
  if ((textOf(protocol) ?? "TCP") !== traffic.protocol) return false;
  if (port === undefined || port === null) return true;
  if (typeof port === "string") {
    const known = namedPortMatches(port, traffic.protocol, traffic.port, traffic.to);
    return known ?? traffic.asking.either(`port ${port}`);
  }
  const last = typeof endPort === "number" ? endPort : Number(port);
  return traffic.port !== undefined && traffic.port >= Number(port) && traffic.port <= last;
}

function networkPeerMatches(peer: Fields, direction: Direction, namespace: string, traffic: Traffic): boolean {
  const { cluster, family, asking } = traffic;
  const end = direction === "ingress" ? traffic.from : traffic.to;
  const ask = (known: boolean | undefined) =>
    known ?? asking.either(`${direction} ${namespace} ${JSON.stringify(peer)}`);
  const ipBlock = peer.ipBlock ?? undefined;
  if (ipBlock !== undefined) {
    return (
      ipBlockMatches(ipBlock, end, family, cluster) ?? asking.either(`${direction} ${JSON.stringify({ ipBlock })}`)
    );
  }
  const [podSelector, namespaceSelector] = [peer.podSelector ?? undefined, peer.namespaceSelector ?? undefined];
  if (podSelector === undefined && namespaceSelector === undefined) return false;
  const where = namespaceSelector === undefined ? { name: namespace } : { selector: namespaceSelector };
  return ask(selectorsMatch(where, podSelector, end, cluster));
}

/**
 * ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2) and what it followed, AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy (v1alpha1). Semantics: the types' own documentation in network-policy-api.
 */
import { formatFieldPath, type KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { parseCidr } from "../addresses.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortInterval } from "../port-set.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { groups, type NamedPort, type Peer, type Rule, type RuleAction, type RulePorts } from "../rule-model.ts";
import { selectorOf } from "../selector.ts";
import { isPort } from "./ports.ts";

const GROUP = "policy.networking.k8s.io";
const STAGES = { ingress: "network-ingress", egress: "network-egress" } as const;
type Direction = keyof typeof STAGES;

/** Names of what differs between the versions. */
interface Dialect {
  readonly accept: "Accept" | "Allow";
  readonly source: string;
  readonly mostPriority: number;
}

const CURRENT: Dialect = {
  accept: "Accept",
  source: "https://network-policy-api.sigs.k8s.io/reference/spec/",
  mostPriority: 1_000,
};
const ALPHA: Dialect = { ...CURRENT, accept: "Allow" };

const MOST_RULES = 100;
const MOST_PEERS = 100;

export function readClusterNetworkPolicies(reading: Reading): void {
  let list = 0;
  const each = (kind: string, read: (policy: PolicyReading, object: KubernetesObject, list: number) => void) => {
    for (const object of reading.objectsOf(GROUP, kind)) {
      list++;
      reading.policy(object, Object.values(STAGES), (policy) => read(policy, object, list));
    }
  };
  each("ClusterNetworkPolicy", (policy, object, own) => {
    const tier = policy.spec.string("tier");
    if (tier !== "Admin" && tier !== "Baseline")
      policy.refuse(`spec.tier: ${tier ?? "missing"} is neither Admin nor Baseline`);
    const group = tier === "Baseline" ? groups.baseline : groups.admin;
    readOne({ reading, policy, object, dialect: CURRENT, group, band: priorityOf(policy, CURRENT), list: own });
  });
  each("AdminNetworkPolicy", (policy, object, own) => {
    readOne({
      reading,
      policy,
      object,
      dialect: ALPHA,
      group: groups.admin,
      band: priorityOf(policy, ALPHA),
      list: own,
    });
  });
  each("BaselineAdminNetworkPolicy", (policy, object, own) => {
    if (object.name !== "default") policy.refuse("metadata.name of a BaselineAdminNetworkPolicy must be default");
    readOne({ reading, policy, object, dialect: ALPHA, group: groups.baseline, band: 0, list: own });
  });
}

function priorityOf({ spec, refuse }: PolicyReading, { mostPriority }: Dialect): number {
  const priority = spec.integer("priority");
  if (priority === undefined || priority < 0 || priority > mostPriority) {
    refuse(`spec.priority: ${priority ?? "missing"} is not from 0 to ${mostPriority}`);
  }
  return priority ?? 0;
}

interface One {
  readonly reading: Reading;
  readonly policy: PolicyReading;
  readonly object: KubernetesObject;
  readonly dialect: Dialect;
  readonly group: number;
  readonly band: number;
  readonly list: number;
}

function readOne(one: One): void {
  const { reading, policy, object, dialect, group, band, list } = one;
  const { spec } = policy;
  const { sure, maybe } = subjectOf(one);
  policy.selects(reading.podSets.union([sure, maybe]));
  for (const direction of ["ingress", "egress"] as const) {
    const rules = spec.list(direction);
    if (rules.length > MOST_RULES) policy.refuse(`spec.${direction} has more than ${MOST_RULES} rules`);
    for (const [index, rule] of rules.slice(0, MOST_RULES).entries()) {
      const action = actionOf(policy, dialect, group, rule);
      const name = rule.string("name");
      const base: Omit<Rule, "subject"> = {
        stage: STAGES[direction],
        group,
        band,
        list,
        index,
        action,
        object,
        field: ["spec", direction, index],
        source: dialect.source,
        ...(name === undefined ? {} : { name }),
        peers: peersOf(one, rule, direction, action),
        ports: portsOf(one, rule),
        ...failClosed(one, rule, direction, action),
      };
      reading.rule({ ...base, subject: sure });
      if (maybe.members.length > 0) reading.rule({ ...base, subject: maybe, doubt: NAMESPACE_LABELS });
    }
  }
}

const NAMESPACE_LABELS = {
  code: "network.namespace-labels",
  reason: "the labels of a namespace that the policy may select were not read",
  remedy: "add the Namespace objects to what is read",
};

function actionOf({ refuse }: PolicyReading, { accept }: Dialect, group: number, rule: Fields): RuleAction {
  const action = rule.string("action");
  if (action === accept) return "accept";
  if (action === "Deny") return "deny";
  // What follows the baseline is that everything is allowed: passing on is allowed by the current types there.
  if (action === "Pass" && (group === groups.admin || accept === "Accept")) return "pass";
  refuse(`${formatFieldPath(rule.path())}.action: ${action ?? "missing"} is none of ${accept}, Deny, Pass`);
  return "pass";
}

function subjectOf({ reading, policy }: One): { readonly sure: PodSet; readonly maybe: PodSet } {
  const { podSets } = reading;
  const subject = policy.spec.fields("subject");
  const namespaces = policy.selector(subject?.fields("namespaces"));
  const pods = subject?.fields("pods");
  if (subject === undefined || (namespaces === undefined) === (pods === undefined)) {
    policy.refuse("spec.subject must have namespaces or pods, and one of them");
  }
  const choice =
    namespaces === undefined
      ? {
          namespaces: { selector: policy.selector(pods?.fields("namespaceSelector")) ?? selectorOf([]) },
          pods: policy.selector(pods?.fields("podSelector")),
        }
      : { namespaces: { selector: namespaces }, pods: undefined };
  if (namespaces === undefined && pods === undefined) return { sure: podSets.none, maybe: podSets.none };
  return { sure: podSets.select(choice), maybe: podSets.mayBeSelected(choice) };
}

function peersOf(one: One, rule: Fields, direction: Direction, action: RuleAction): readonly Peer[] {
  const name = direction === "ingress" ? "from" : "to";
  const { policy } = one;
  const path = `${formatFieldPath(rule.path())}.${name}`;
  const listed = rule.list(name);
  if (listed.length === 0) policy.refuse(`${path} is missing or empty`);
  if (listed.length > MOST_PEERS) policy.refuse(`${path} has more than ${MOST_PEERS} peers`);
  return listed.slice(0, MOST_PEERS).flatMap((peer) => peerOf(one, peer, direction, action));
}

function peerOf({ policy }: One, peer: Fields, direction: Direction, action: RuleAction): readonly Peer[] {
  const namespaces = policy.selector(peer.fields("namespaces"));
  if (namespaces !== undefined) return policy.pods({ namespaces: { selector: namespaces }, pods: undefined });
  const pods = peer.fields("pods");
  if (pods !== undefined) {
    return policy.pods({
      namespaces: { selector: policy.selector(pods.fields("namespaceSelector")) ?? selectorOf([]) },
      pods: policy.selector(pods.fields("podSelector")),
    });
  }
  if (direction === "egress" && peer.isList("networks")) {
    const ranges = peer.strings("networks").flatMap((text) => {
      const range = text.includes("/") ? parseCidr(text) : undefined;
      if (range === undefined) policy.refuse(`${formatFieldPath(peer.path())}.networks: ${text} is not a CIDR`);
      return range ?? [];
    });
    return [{ kind: "addresses", ranges, matches: { pods: "by-address", nodes: "by-address" } }];
  }
  const nodes = direction === "egress" ? policy.selector(peer.fields("nodes")) : undefined;
  if (nodes !== undefined) return [{ kind: "nodes", nodes: { selector: nodes } }];
  if (direction === "egress" && peer.isList("domainNames")) {
    if (action !== "accept")
      policy.refuse(`${formatFieldPath(peer.path())}.domainNames stands in a rule that does not accept`);
    return [{ kind: "domains", patterns: peer.strings("domainNames") }];
  }
  return [];
}

const PEERS = { ingress: ["namespaces", "pods"], egress: ["namespaces", "pods", "networks", "nodes", "domainNames"] };

/** A peer without a known field: an accepting rule matches nothing then, and another denies all (the types' "fail closed"). */
function failClosed({ reading, policy }: One, rule: Fields, direction: Direction, action: RuleAction): Partial<Rule> {
  const peer = rule
    .list(direction === "ingress" ? "from" : "to")
    .find((one) => !PEERS[direction].some((kind) => one.has(kind)));
  if (peer === undefined) return {};
  const closes = action === "accept" ? "matches nothing" : "denies everything";
  reading.gap({
    code: "network.unknown-peer",
    reason: `${formatFieldPath(peer.path())} has no known kind of peer (${peer.keys.join(", ") || "empty"}), so its rule ${closes}`,
    object: policy.object,
    field: peer.path(),
  });
  if (action === "accept") return { peers: [] };
  return { action: "deny", peers: [{ kind: "everything" }], ports: { numbers: reading.portSets.all, named: [] } };
}

function portsOf(one: One, rule: Fields): RulePorts {
  return rule.isList("protocols") ? protocolsOf(one, rule) : alphaPorts(one, rule);
}

/** v1alpha2: `[{tcp: {destinationPort: {number | range}}}, {destinationNamedPort}]`; absent is everything, ICMP too. */
function protocolsOf({ reading, policy }: One, rule: Fields): RulePorts {
  const intervals: PortInterval[] = [];
  const named: NamedPort[] = [];
  for (const entry of rule.list("protocols")) {
    const path = formatFieldPath(entry.path());
    const name = entry.string("destinationNamedPort");
    if (name !== undefined) named.push({ protocol: "any", name });
    let known = name !== undefined;
    for (const [key, protocol] of [
      ["tcp", "TCP"],
      ["udp", "UDP"],
      ["sctp", "SCTP"],
    ] as const) {
      if (!entry.has(key)) continue;
      known = true;
      const port = entry.fields(key)?.fields("destinationPort");
      if (port === undefined) intervals.push({ protocol, first: 0, last: 65_535 });
      else intervals.push(...intervalOf(policy, port, protocol, port.integer("number"), port.fields("range")));
    }
    if (!known) policy.refuse(`${path} has no known protocol (${entry.keys.join(", ") || "empty"})`);
  }
  return { numbers: reading.portSets.of(intervals), named };
}

/** v1alpha1: `[{portNumber | portRange: {protocol, start, end} | namedPort}]`. */
function alphaPorts({ reading, policy }: One, rule: Fields): RulePorts {
  if (!rule.isList("ports")) return { numbers: reading.portSets.all, named: [] };
  const intervals: PortInterval[] = [];
  const named: NamedPort[] = [];
  for (const entry of rule.list("ports")) {
    const number = entry.fields("portNumber");
    const range = entry.fields("portRange");
    const name = entry.string("namedPort");
    if (name !== undefined) named.push({ protocol: "any", name });
    else if (number !== undefined) {
      intervals.push(...intervalOf(policy, number, protocolOf(policy, number), number.integer("port"), undefined));
    } else if (range !== undefined) {
      intervals.push(...intervalOf(policy, range, protocolOf(policy, range), undefined, range));
    } else policy.refuse(`${formatFieldPath(entry.path())} has no known port (${entry.keys.join(", ") || "empty"})`);
  }
  return { numbers: reading.portSets.of(intervals), named };
}

function protocolOf({ refuse }: PolicyReading, fields: Fields): "TCP" | "UDP" | "SCTP" {
  const text = fields.string("protocol") ?? "TCP";
  if (text === "TCP" || text === "UDP" || text === "SCTP") return text;
  refuse(`${formatFieldPath(fields.path())}.protocol: ${text} is none of TCP, UDP, SCTP`);
  return "TCP";
}

function intervalOf(
  { refuse }: PolicyReading,
  at: Fields,
  protocol: "TCP" | "UDP" | "SCTP",
  number: number | undefined,
  range: Fields | undefined,
): PortInterval[] {
  const first = number ?? range?.integer("start");
  const last = number ?? range?.integer("end");
  if (first === undefined || last === undefined || !isPort(first) || !isPort(last) || first > last) {
    refuse(`${formatFieldPath(at.path())}: no port from 1 to 65535, nor a range of them`);
    return [];
  }
  return [{ protocol, first, last }];
}

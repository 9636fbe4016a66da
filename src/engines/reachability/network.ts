/** Reads every policy, and computes who can talk to whom. */
import type { Manifests } from "../kubernetes/model.ts";
import type { AddressRange } from "./addresses.ts";
import { cutAddresses, TooManyBoundaries } from "./atoms.ts";
import { bounds } from "./bounds.ts";
import { type Classes, classesOf, classify } from "./classes.ts";
import { createDecisions, type Decision, type Decisions } from "./decisions.ts";
import { type Connections, createConnections, edgesOf } from "./edges.ts";
import type { DomainEndpoint, Endpoint, PodEndpoint } from "./endpoint-model.ts";
import { readEndpoints } from "./endpoints.ts";
import { explainConnection } from "./explain.ts";
import { readMesh } from "./mesh/read.ts";
import type { Connection, Network } from "./model.ts";
import { portsByName } from "./named-ports.ts";
import { createPeerSets, type PeerSet, type Places, type Section, sections } from "./peer-sets.ts";
import {
  type ClassSet,
  type CompiledRule,
  classSetOf,
  decide,
  isUnsure,
  type Plan,
  type PlanGround,
  planOf,
} from "./plan.ts";
import { createPodSets } from "./pod-sets.ts";
import { readPolicies } from "./policies/read.ts";
import { createPortSets, type PortSets } from "./port-set.ts";
import { createReading, type NetworkGap } from "./reading.ts";
import { egressStages, ingressStages, type Peer, type Rule, type StageName } from "./rule-model.ts";
import type { ClusterSettings } from "./settings.ts";

export function readNetwork(manifests: Manifests, settings: ClusterSettings): Network {
  const read = readEndpoints(manifests);
  const portSets = createPortSets();
  const podSets = createPodSets(read.pods, read.namespaces);
  const nodes = read.nodes.length > 0 ? read.nodes : [ANY_NODE];
  const reading = createReading(manifests, settings, [...read.pods, ...nodes], podSets, portSets);
  readPolicies(reading);
  const mesh = readMesh(reading);
  const { endpoints, places, gap } = placesOf(reading.endpoints, reading.rules, settings);
  return computeNetwork({
    manifests,
    settings,
    portSets,
    endpoints,
    places,
    rules: reading.rules,
    mesh,
    gaps: gap === undefined ? reading.gaps : [...reading.gaps, gap],
  });
}

/** Where no Node was read: whichever there are. */
const ANY_NODE: Endpoint = { kind: "node", name: "", labels: {}, addresses: [] };

interface PlacedEndpoints {
  readonly endpoints: readonly Endpoint[];
  readonly places: Places;
  readonly gap?: NetworkGap;
}

/** Adds what only rules name: addresses and domains. */
function placesOf(within: readonly Endpoint[], rules: readonly Rule[], settings: ClusterSettings): PlacedEndpoints {
  const peers = new Set<Peer>();
  for (const rule of rules) for (const peer of rule.peers) peers.add(peer);
  const ranges: (readonly AddressRange[])[] = [];
  const names = new Set<string>();
  for (const peer of peers) {
    if (peer.kind === "addresses") ranges.push(peer.ranges);
    if (peer.kind === "domains") for (const name of peer.patterns) names.add(name);
  }
  let atoms: ReturnType<typeof cutAddresses>;
  let gap: NetworkGap | undefined;
  try {
    atoms = cutAddresses(ranges, settings);
  } catch (error) {
    if (!(error instanceof TooManyBoundaries)) throw error;
    gap = { code: "network.bound", reason: `more than ${bounds.addressBoundaries} CIDRs in network policies` };
    atoms = cutAddresses([], settings);
  }
  const domains = [...names].sort().map((name): DomainEndpoint => ({ kind: "domain", name }));
  const endpoints: Endpoint[] = [...within, ...atoms.endpoints, ...domains];
  const ordinaryPods: number[] = [];
  const hostPods: number[] = [];
  const withAddresses: number[] = [];
  const section = Uint8Array.from(endpoints, (endpoint, index): Section => {
    if (endpoint.kind === "addresses") return sections.addresses;
    if (endpoint.kind === "domain") return sections.domains;
    if (endpoint.addresses.length > 0) withAddresses.push(index);
    if (endpoint.kind === "node") return sections.nodes;
    (endpoint.host ? hostPods : ordinaryPods).push(index);
    return endpoint.host ? sections.nodes : sections.pods;
  });
  const places = {
    endpoints,
    section,
    atoms,
    firstAtom: within.length,
    settings,
    ordinaryPods,
    hostPods,
    withAddresses,
  };
  return { endpoints, places, ...(gap === undefined ? {} : { gap }) };
}

interface Parts extends Pick<Network, "manifests" | "settings" | "portSets" | "endpoints" | "rules" | "gaps" | "mesh"> {
  readonly places: Places;
}

function computeNetwork(parts: Parts): Network {
  const { endpoints, portSets, rules, settings, places } = parts;
  const peerSetsOf = createPeerSets(places);
  const sets = rules.map((rule) => peerSetsOf(rule.peers));
  const subjects = ordinarySubjects(rules, endpoints);
  const classes = classify(endpoints, allSets(), namesOf(rules));
  function* allSets(): Generator<Int32Array> {
    for (const subject of subjects.values()) yield subject;
    for (const { sure, maybe } of sets) {
      yield sure.members;
      yield maybe.members;
    }
  }
  const section = Uint8Array.from(classes.members, ([first]) => places.section[first as number] as number);
  const nodeClasses = Int32Array.from([...section.keys()].filter((one) => section[one] === sections.nodes));
  const decisions = createDecisions(portSets);
  const plans = plansByStage(compile(rules, sets, classes, section), subjects, classes);
  const connections = createConnections(portSets);
  const outcome = outcomes(portSets, connections);
  const { portsAt, doubtfulPortsAt, classesNaming } = portsByName(classes, endpoints, portSets);
  const ground: PlanGround = {
    decisions,
    portsAt,
    doubtfulPortsAt,
    startOf: (subject, node, end) =>
      startOf(representative(subject), node < 0 ? undefined : representative(node), end, decisions, settings),
  };

  function representative(one: number): Endpoint {
    return endpoints[classes.members[one]?.[0] as number] as Endpoint;
  }

  const byEnd = { egress: new Map<number, readonly Plan[]>(), ingress: new Map<number, readonly Plan[]>() };
  const stagesOf = { egress: egressStages, ingress: ingressStages };

  function plansAt(direction: "egress" | "ingress", subject: number): readonly Plan[] {
    let found = byEnd[direction].get(subject);
    if (found === undefined) {
      found = stagesOf[direction].flatMap((stage) => plans.get(stage)?.get(subject) ?? []);
      byEnd[direction].set(subject, found);
    }
    return found;
  }

  function through(own: readonly Plan[], subject: number, one: number, inSection: number): Connection {
    let result = connections.open;
    for (const plan of own) {
      const decision = decide(ground, plan, subject, { one, section: inSection });
      result = connections.both(result, outcome(decision));
    }
    return result;
  }

  const network: Network = {
    manifests: parts.manifests,
    settings,
    endpoints,
    rules,
    portSets,
    enforced: settings.cni === undefined ? "unknown" : settings.cni === "none" ? "no" : "yes",
    gaps: parts.gaps,
    ...(parts.mesh === undefined ? {} : { mesh: parts.mesh }),
    classes: classes.members,
    classOf: classes.classOf,
    connection(from, to) {
      if (isItself(endpoints, from, to)) return connections.open;
      const [a, b] = [classes.classOf[from] as number, classes.classOf[to] as number];
      return connections.both(
        through(plansAt("egress", a), a, b, section[b] as number),
        through(plansAt("ingress", b), b, a, section[a] as number),
      );
    },
    edges: () =>
      edgesOf({
        ...connections,
        section,
        classesNaming,
        nodes: nodeClasses,
        plans: plansAt,
        connection: through,
        hasExactNodes: (subject) => {
          const endpoint = representative(subject);
          return endpoint.kind === "pods" && endpoint.node !== undefined;
        },
      }),
    stage(name, from, to) {
      if (isItself(endpoints, from, to)) return connections.open;
      const isEgress = egressStages.includes(name);
      const [a, b] = [classes.classOf[from] as number, classes.classOf[to] as number];
      const [subject, other] = isEgress ? [a, b] : [b, a];
      const plan = plans.get(name)?.get(subject);
      return plan === undefined ? connections.open : through([plan], subject, other, section[other] as number);
    },
    hasDoubts(name, from, to) {
      const isEgress = egressStages.includes(name);
      const [a, b] = [classes.classOf[from] as number, classes.classOf[to] as number];
      const [subject, other] = isEgress ? [a, b] : [b, a];
      return (
        plans
          .get(name)
          ?.get(subject)
          ?.rules.some((rule) => isUnsure(rule, other, section[other] as number)) === true
      );
    },
    explain: (from, to) =>
      explainConnection(
        {
          ...ground,
          network,
          section,
          planOf: (stage, subject) => plans.get(stage)?.get(subject),
          peerDoubts: (rule) => peerSetsOf(rule.peers).doubts,
          open: connections.open,
          both: connections.both,
          outcome,
          isItself: (one, other) => isItself(endpoints, one, other),
        },
        from,
        to,
      ),
    isolated: (endpoint, direction) => {
      const own = plans.get(`network-${direction}`)?.get(classes.classOf[endpoint] as number);
      return isolationOf(own?.rules ?? [], portSets);
    },
  };
  return network;
}

/** A pod speaks to itself by its own loopback or address, which no policy is about. */
function isItself(endpoints: readonly Endpoint[], from: number, to: number): boolean {
  if (from !== to) return false;
  const endpoint = endpoints[from];
  return endpoint?.kind === "pods" && endpoint.workload.object.kind === "Pod";
}

/** No policy selects a pod on its node's network. */
function ordinarySubjects(rules: readonly Rule[], endpoints: readonly Endpoint[]): Map<Rule["subject"], Int32Array> {
  const found = new Map<Rule["subject"], Int32Array>();
  for (const { subject } of rules) {
    if (found.has(subject)) continue;
    const ordinary = subject.members.filter((index) => !(endpoints[index] as PodEndpoint).host);
    found.set(subject, ordinary);
  }
  return found;
}

/** Ports by name count where a rule has them. */
function namesOf(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ ports }) => ports.named.map(({ name }) => name)));
}

function compile(
  rules: readonly Rule[],
  sets: readonly { readonly sure: PeerSet; readonly maybe: PeerSet }[],
  classes: Classes,
  section: Uint8Array,
): CompiledRule[] {
  const known = new Map<PeerSet, ClassSet>();
  const asClasses = (set: PeerSet) => {
    let found = known.get(set);
    if (found === undefined) {
      found = classSetOf(set.whole, classesOf(classes, set.members), section);
      known.set(set, found);
    }
    return found;
  };
  return rules.map((rule, index) => {
    const { sure, maybe } = sets[index] as (typeof sets)[number];
    return { rule, sure: asClasses(sure), maybe: asClasses(maybe), isEgress: egressStages.includes(rule.stage) };
  });
}

/** Of each stage that has rules, of each class that they select, its rules in their order. */
function plansByStage(
  compiled: readonly CompiledRule[],
  subjects: ReadonlyMap<Rule["subject"], Int32Array>,
  classes: Classes,
): Map<StageName, Map<number, Plan>> {
  const stages = new Map<StageName, Map<number, CompiledRule[]>>();
  const classLists = new Map<Int32Array, Int32Array>();
  const sorted = compiled.toSorted(
    ({ rule: a }, { rule: b }) => a.group - b.group || a.band - b.band || a.list - b.list || a.index - b.index,
  );
  for (const one of sorted) {
    const { stage, subject } = one.rule;
    const members = subjects.get(subject) as Int32Array;
    let own = classLists.get(members);
    if (own === undefined) {
      own = classesOf(classes, members);
      classLists.set(members, own);
    }
    const byClass = stages.get(stage) ?? new Map<number, CompiledRule[]>();
    stages.set(stage, byClass);
    for (const subjectClass of own) {
      const listed = byClass.get(subjectClass);
      if (listed === undefined) byClass.set(subjectClass, [one]);
      else listed.push(one);
    }
  }
  return new Map(
    [...stages].map(([stage, byClass]) => [
      stage,
      new Map([...byClass].map(([subject, rules]) => [subject, planOf(rules)])),
    ]),
  );
}

/**
 * What a pod's node sends it is accepted whatever policies say (the API's own exception, for probes). What the pod sends to
 * its node is to Kubernetes' page of concepts, and to the types it is not: unknown where a policy denies it. Cilium denies
 * it, as its documentation of the entity `host` says.
 */
function startOf(
  subject: Endpoint,
  other: Endpoint | undefined,
  end: "from" | "to",
  decisions: Decisions,
  { cni }: ClusterSettings,
): Decision {
  if (end === "to" && cni === "cilium") return decisions.start;
  if (subject.kind !== "pods") return decisions.start;
  const node = other?.kind === "node" ? other.name || undefined : other?.kind === "pods" ? other.node : undefined;
  if (node === undefined || subject.node === undefined) return decisions.maybeAccepted;
  if (node !== subject.node) return decisions.start;
  return end === "from" ? decisions.accepted : decisions.maybeAccepted;
}

/** What no rule decided is accepted; of what more than one outcome is possible, it is unknown which. */
function outcomes(sets: PortSets, { of }: Connections): (decision: Decision) => Connection {
  const known: Connection[] = [];
  return (decision) => {
    let found = known[decision.id];
    if (found === undefined) {
      const { accepted, denied, open, passed } = decision;
      const possible = sets.union(accepted, sets.union(open, passed));
      found = of(sets.subtract(possible, denied), sets.intersect(possible, denied));
      known[decision.id] = found;
    }
    return found;
  };
}

/** A rule that denies everything that came so far: a policy that selects the pod, or a tier's last rule. */
function isolationOf(rules: readonly CompiledRule[], { all }: PortSets): "yes" | "no" | "unknown" {
  const closes = rules.filter(
    ({ rule }) =>
      rule.action === "deny" && rule.ports.numbers === all && rule.peers.some(({ kind }) => kind === "everything"),
  );
  if (closes.some(({ rule }) => rule.doubt === undefined)) return "yes";
  return closes.length > 0 ? "unknown" : "no";
}

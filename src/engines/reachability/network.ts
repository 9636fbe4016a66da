/** Reads every policy, and computes who can talk to whom. */
import type { Manifests } from "../kubernetes/model.ts";
import type { AddressRange } from "./addresses.ts";
import { cutAddresses, TooManyBoundaries } from "./atoms.ts";
import { bounds } from "./bounds.ts";
import { type Classes, classesOf, classify } from "./classes.ts";
import { createDecisions, type Decision, type Decisions } from "./decisions.ts";
import type { DomainEndpoint, Endpoint, PodEndpoint } from "./endpoint-model.ts";
import { readEndpoints } from "./endpoints.ts";
import { explainConnection } from "./explain.ts";
import type { Connection, Network } from "./model.ts";
import { createPeerSets, type PeerSet, type Places, type Section, sections } from "./peer-sets.ts";
import { createPodSets } from "./pod-sets.ts";
import { readPolicies } from "./policies/read.ts";
import { createPortSets, type PortSet, type PortSets } from "./port-set.ts";
import { createReading, type NetworkGap } from "./reading.ts";
import { type CompiledRule, createRowMaker, decisionIn, type Row } from "./rows.ts";
import { egressStages, type Peer, type Rule, type StageName } from "./rule-model.ts";
import type { ClusterSettings } from "./settings.ts";

export function readNetwork(manifests: Manifests, settings: ClusterSettings): Network {
  const read = readEndpoints(manifests);
  const portSets = createPortSets();
  const podSets = createPodSets(read.pods, read.namespaces);
  const nodes = read.nodes.length > 0 ? read.nodes : [ANY_NODE];
  const reading = createReading(manifests, settings, [...read.pods, ...nodes], podSets, portSets);
  readPolicies(reading);
  const { endpoints, places, gap } = placesOf(reading.endpoints, reading.rules, settings);
  return computeNetwork({
    manifests,
    settings,
    portSets,
    endpoints,
    places,
    rules: reading.rules,
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

interface Parts extends Pick<Network, "manifests" | "settings" | "portSets" | "endpoints" | "rules" | "gaps"> {
  readonly places: Places;
}

function computeNetwork(parts: Parts): Network {
  const { endpoints, portSets, rules, settings, places } = parts;
  const peerSetsOf = createPeerSets(places);
  const sets = rules.map((rule) => peerSetsOf(rule.peers));
  const subjects = ordinarySubjects(rules, endpoints);
  const classes = classify(endpoints, allSets());
  function* allSets(): Generator<Int32Array> {
    for (const subject of subjects.values()) yield subject;
    for (const { sure, maybe } of sets) {
      yield sure.members;
      yield maybe.members;
    }
  }
  const section = Uint8Array.from(classes.members, ([first]) => places.section[first as number] as number);
  const compiled = compile(rules, sets, classes);
  const decisions = createDecisions(portSets);
  const naming = portsByName(classes, endpoints, portSets);
  const hasNodes = section.some((one) => one === sections.nodes);
  const maker = createRowMaker({
    decisions,
    classCount: classes.members.length,
    section,
    hasNodes,
    startOf: (subject, from) => startOf(representative(subject), representative(from), decisions),
    ...naming,
  });
  const byStage = rulesByStage(compiled, subjects, classes);
  const rows = new Map<string, Row>();

  function representative(one: number): Endpoint {
    return endpoints[classes.members[one]?.[0] as number] as Endpoint;
  }

  function rulesOf(stage: StageName, subject: number): readonly CompiledRule[] {
    return byStage.get(stage)?.get(subject) ?? NO_RULES;
  }

  function rowOf(stage: StageName, subject: number): Row | undefined {
    const key = `${stage} ${subject}`;
    const found = rows.get(key);
    if (found !== undefined) return found;
    const own = rulesOf(stage, subject);
    if (own.length === 0) return undefined;
    const row = maker.row(own, subject);
    rows.set(key, row);
    return row;
  }

  const open: Connection = { allowed: portSets.all, unknown: portSets.none };
  const outcome = outcomes(decisions, portSets);

  function stageOf(stage: StageName, from: number, to: number): Connection {
    const isEgress = egressStages.includes(stage);
    const row = rowOf(stage, isEgress ? from : to);
    if (row === undefined) return open;
    const peer = isEgress ? to : from;
    return outcome(decisionIn(row, peer, section[peer] as number));
  }

  const stages = [...byStage.keys()];
  const both = combiner(portSets);

  const network: Network = {
    manifests: parts.manifests,
    settings,
    endpoints,
    rules,
    portSets,
    enforced: settings.cni === undefined ? "unknown" : settings.cni === "none" ? "no" : "yes",
    gaps: parts.gaps,
    classes: classes.members,
    classOf: classes.classOf,
    connection(from, to) {
      if (isItself(endpoints, from, to)) return open;
      const [a, b] = [classes.classOf[from] as number, classes.classOf[to] as number];
      let result = open;
      for (const stage of stages) result = both(result, stageOf(stage, a, b));
      return result;
    },
    stage(name, from, to) {
      if (isItself(endpoints, from, to)) return open;
      return stageOf(name, classes.classOf[from] as number, classes.classOf[to] as number);
    },
    explain: (from, to) =>
      explainConnection(
        {
          network,
          classes,
          section,
          decisions,
          rulesOf,
          peerDoubts: (rule) => peerSetsOf(rule.peers).doubts,
          ...naming,
          startOf: (subject, peer) => startOf(representative(subject), representative(peer), decisions),
        },
        from,
        to,
      ),
    isolated: (endpoint, direction) =>
      isolationOf(
        rulesOf(direction === "ingress" ? "network-ingress" : "network-egress", classes.classOf[endpoint] as number),
        portSets,
      ),
  };
  return network;
}

const NO_RULES: readonly CompiledRule[] = [];

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

function compile(
  rules: readonly Rule[],
  sets: readonly { readonly sure: PeerSet; readonly maybe: PeerSet }[],
  classes: Classes,
): CompiledRule[] {
  const known = new Map<PeerSet, CompiledRule["sure"]>();
  const asClasses = (set: PeerSet) => {
    let found = known.get(set);
    if (found === undefined) {
      found = { whole: set.whole, members: classesOf(classes, set.members) };
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
function rulesByStage(
  compiled: readonly CompiledRule[],
  subjects: ReadonlyMap<Rule["subject"], Int32Array>,
  classes: Classes,
): Map<StageName, Map<number, CompiledRule[]>> {
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
  return stages;
}

/** What a pod's node sends it is accepted whatever policies say (the API's own exception, for probes). */
function startOf(subject: Endpoint, from: Endpoint, decisions: Decisions): Decision {
  if (subject.kind !== "pods") return decisions.start;
  const node = from.kind === "node" ? from.name || undefined : from.kind === "pods" ? from.node : undefined;
  if (node === undefined || subject.node === undefined) return decisions.maybeAccepted;
  return node === subject.node ? decisions.accepted : decisions.start;
}

function portsByName(classes: Classes, endpoints: readonly Endpoint[], sets: PortSets) {
  const known = new Map<string, PortSet>();
  const byName = new Map<string, number[]>();
  const namedAt = (one: number) => {
    const endpoint = endpoints[classes.members[one]?.[0] as number];
    return endpoint?.kind === "pods" ? endpoint.namedPorts : undefined;
  };
  for (const one of classes.members.keys()) {
    for (const key of namedAt(one)?.keys() ?? []) {
      const name = key.slice(key.indexOf("/") + 1);
      const listed = byName.get(name);
      if (listed === undefined) byName.set(name, [one]);
      else if (listed.at(-1) !== one) listed.push(one);
    }
  }
  return {
    classesNaming: ({ ports }: Rule) => ports.named.flatMap(({ name }) => byName.get(name) ?? []),
    portsAt({ ports }: Rule, destination: number): PortSet {
      if (ports.named.length === 0) return ports.numbers;
      const named = namedAt(destination);
      if (named === undefined) return ports.numbers;
      const key = `${ports.numbers.id} ${destination} ${JSON.stringify(ports.named)}`;
      let found = known.get(key);
      if (found === undefined) {
        const intervals = ports.named.flatMap(({ protocol, name }) =>
          (["TCP", "UDP", "SCTP"] as const)
            .filter((one) => protocol === "any" || protocol === one)
            .flatMap((one) =>
              (named.get(`${one}/${name}`) ?? []).map((port) => ({ protocol: one, first: port, last: port })),
            ),
        );
        found = sets.union(ports.numbers, sets.of(intervals));
        known.set(key, found);
      }
      return found;
    },
  };
}

/** What no rule decided is accepted; of what more than one outcome is possible, it is unknown which. */
export function connectionOf({ accepted, denied, open, passed }: Decision, sets: PortSets): Connection {
  const possible = sets.union(accepted, sets.union(open, passed));
  return { allowed: sets.subtract(possible, denied), unknown: sets.intersect(possible, denied) };
}

function outcomes(decisions: Decisions, sets: PortSets): (id: number) => Connection {
  const known: Connection[] = [];
  return (id) => {
    let found = known[id];
    if (found === undefined) {
      found = connectionOf(decisions.at(id), sets);
      known[id] = found;
    }
    return found;
  };
}

/** Both must allow it. Equal pairs give one object. */
function combiner(sets: PortSets): (a: Connection, b: Connection) => Connection {
  const known = new Map<Connection, Map<Connection, Connection>>();
  const interned = new Map<string, Connection>();
  return (a, b) => {
    if (a === b) return a;
    let own = known.get(a);
    if (own === undefined) {
      own = new Map();
      known.set(a, own);
    }
    let found = own.get(b);
    if (found === undefined) {
      const allowed = sets.intersect(a.allowed, b.allowed);
      const possible = sets.intersect(sets.union(a.allowed, a.unknown), sets.union(b.allowed, b.unknown));
      const unknown = sets.subtract(possible, allowed);
      const key = `${allowed.id} ${unknown.id}`;
      found = interned.get(key) ?? { allowed, unknown };
      interned.set(key, found);
      own.set(b, found);
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

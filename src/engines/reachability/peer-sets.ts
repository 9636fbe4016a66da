/** The peers of a rule as sets of endpoints: those that it surely matches, and those that it may match. */
import { append } from "../../core/append.ts";
import { type AddressRange, covers, everyAddress, overlap, parseCidr, union } from "./addresses.ts";
import { type Atoms, keyOf, podRanges } from "./atoms.ts";
import type { DomainEndpoint, Endpoint, NodeEndpoint, PodEndpoint } from "./endpoint-model.ts";
import type { Doubt, NodeChoice, Peer } from "./rule-model.ts";
import { matchesLabels } from "./selector.ts";
import type { ClusterSettings } from "./settings.ts";

/** Kinds of endpoints, which a peer may name as a whole. Pods on their node's network are among the nodes. */
export const sections = { pods: 0, nodes: 1, addresses: 2, domains: 3 } as const;
export type Section = (typeof sections)[keyof typeof sections];

export interface PeerSet {
  /** Sections of which every endpoint is in it, as bits. */
  readonly whole: number;
  /** Further ones by index, sorted. */
  readonly members: Int32Array;
}

export interface PeerSets {
  readonly sure: PeerSet;
  /** Its members are not in `sure`; of its whole sections those count that are not. */
  readonly maybe: PeerSet;
  readonly doubts: readonly Doubt[];
}

export interface Places {
  readonly endpoints: readonly Endpoint[];
  /** Of each endpoint. */
  readonly section: Uint8Array;
  readonly atoms: Atoms;
  /** What is added to an atom's place to get its endpoint's. */
  readonly firstAtom: number;
  readonly settings: ClusterSettings;
  /** Indices of pods with a network of their own, and of those on their node's. */
  readonly ordinaryPods: readonly number[];
  readonly hostPods: readonly number[];
  /** Of pods and nodes whose addresses were read. */
  readonly withAddresses: readonly number[];
}

export const HOST: Doubt = {
  code: "network.host-network",
  reason: "a policy's selector picks pods on their nodes' network, which are their nodes to most CNIs",
};
const NO_NODES: Doubt = {
  code: "network.nodes",
  reason: "the policy picks nodes by their labels, and no Node was read",
};
const POD_ADDRESS: Doubt = {
  code: "network.pod-address",
  reason: "the policy names addresses that may be those of pods",
  remedy: "state cluster.podCIDRs in the policy",
};
const NODE_ADDRESS: Doubt = {
  code: "network.node-address",
  reason: "the policy names addresses that may be those of nodes",
  remedy: "state cluster.nodeCIDRs in the policy",
};
const OWN_NODE: Doubt = { code: "network.own-node", reason: "whether the two are on one node is not known" };

export const everySection = 15;

interface Adding {
  one(index: number, doubt?: Doubt): void;
  whole(section: Section, doubt?: Doubt): void;
}

export function createPeerSets(places: Places): (peers: readonly Peer[]) => PeerSets {
  const known = new Map<string, PeerSets>();
  return (peers) => {
    const key = peers.map(peerKey).join(";");
    let found = known.get(key);
    if (found === undefined) {
      found = make(peers, places);
      known.set(key, found);
    }
    return found;
  };
}

/** Equal for peers that match the same. */
function peerKey(peer: Peer): string {
  switch (peer.kind) {
    case "everything":
      return "*";
    case "pods":
      return `p${peer.pods.id}${doubtKey(peer.doubt)}`;
    case "addresses":
      return `a${keyOf(peer.ranges)} ${matchKey(peer.matches.pods)} ${matchKey(peer.matches.nodes)}`;
    case "outside":
      return `o${doubtKey(peer.doubt)}`;
    case "domains":
      return `d${JSON.stringify(peer.patterns)}`;
    case "nodes":
      return `n${typeof peer.nodes === "string" ? peer.nodes : peer.nodes.selector.key}${doubtKey(peer.doubt)}`;
  }
}

function doubtKey(doubt: Doubt | undefined): string {
  return doubt === undefined ? "" : `?${doubt.code} ${doubt.reason}`;
}

function matchKey(matches: "by-address" | "never" | Doubt): string {
  return typeof matches === "string" ? matches : doubtKey(matches);
}

const NOTHING = new Int32Array();
const EMPTY: PeerSet = { whole: 0, members: NOTHING };

function make(peers: readonly Peer[], places: Places): PeerSets {
  if (peers.some(({ kind }) => kind === "everything")) {
    return { sure: { whole: everySection, members: NOTHING }, maybe: EMPTY, doubts: [] };
  }
  const sure = { whole: 0, members: new Set<number>() };
  const maybe = { whole: 0, members: new Set<number>() };
  const doubts = new Map<string, Doubt>();
  const side = (doubt: Doubt | undefined) => {
    if (doubt === undefined) return sure;
    doubts.set(doubt.code, doubt);
    return maybe;
  };
  const add: Adding = {
    one: (index, doubt) => side(doubt).members.add(index),
    whole: (section, doubt) => {
      side(doubt).whole |= 1 << section;
    },
  };
  for (const peer of peers) addPeer(peer, places, add);
  for (const peer of merged(peers)) addByAddress(peer, places, add);
  maybe.whole &= ~sure.whole;
  const without = (whole: number, members: ReadonlySet<number>) =>
    [...members].filter((index) => (whole & (1 << (places.section[index] as number))) === 0);
  const maybeMembers = without(sure.whole | maybe.whole, maybe.members).filter((index) => !sure.members.has(index));
  const isSure = maybe.whole === 0 && maybeMembers.length === 0;
  return {
    sure: setOf(sure.whole, without(sure.whole, sure.members)),
    maybe: isSure ? EMPTY : setOf(maybe.whole, maybeMembers),
    doubts: isSure ? [] : [...doubts.values()],
  };
}

function setOf(whole: number, indices: readonly number[]): PeerSet {
  return { whole, members: Int32Array.from(indices).sort() };
}

function addPeer(peer: Peer, places: Places, add: Adding): void {
  const { endpoints, atoms, firstAtom, ordinaryPods, hostPods } = places;
  switch (peer.kind) {
    case "everything":
      return;
    case "pods":
      if (peer.pods.members.length === ordinaryPods.length + hostPods.length) {
        add.whole(sections.pods, peer.doubt);
        for (const index of hostPods) add.one(index, peer.doubt ?? HOST);
        return;
      }
      for (const index of peer.pods.members) {
        add.one(index, (endpoints[index] as PodEndpoint).host ? (peer.doubt ?? HOST) : peer.doubt);
      }
      return;
    case "outside":
      add.whole(sections.addresses, peer.doubt);
      add.whole(sections.domains, peer.doubt);
      return;
    case "domains":
      for (const [index, endpoint] of endpoints.entries()) {
        if (endpoint.kind === "domain" && peer.patterns.some((pattern) => isWithin(endpoint, pattern))) add.one(index);
      }
      return;
    case "addresses":
      for (const index of atoms.within(peer.ranges)) add.one(firstAtom + index);
      return;
    case "nodes":
      addNodes(peer.nodes, places, (index, doubt) => add.one(index, peer.doubt ?? doubt));
  }
}

/** `*.example.com` holds what ends so; one pattern is within an equal one. */
function isWithin({ name }: DomainEndpoint, pattern: string): boolean {
  return name === pattern || (pattern.startsWith("*.") && name.endsWith(pattern.slice(1)) && !name.startsWith("*"));
}

type AddressPeer = Extract<Peer, { kind: "addresses" }>;

/** Several that match alike are one: a pod may have an address in each. */
function merged(peers: readonly Peer[]): AddressPeer[] {
  const byMatch = new Map<string, AddressPeer & { readonly ranges: AddressRange[] }>();
  for (const peer of peers) {
    if (peer.kind !== "addresses") continue;
    const key = `${matchKey(peer.matches.pods)} ${matchKey(peer.matches.nodes)}`;
    const before = byMatch.get(key);
    if (before === undefined) byMatch.set(key, { ...peer, ranges: [...peer.ranges] });
    else append(before.ranges, peer.ranges);
  }
  return [...byMatch.values()];
}

function addByAddress({ ranges, matches }: AddressPeer, places: Places, add: Adding): void {
  const { endpoints, settings, section, withAddresses } = places;
  const { podCidrs, nodeCidrs } = settings;
  for (const asNode of [false, true]) {
    const how = asNode ? matches.nodes : matches.pods;
    if (how === "never") continue;
    const cidrs = asNode ? nodeCidrs : podCidrs;
    const own = asNode ? sections.nodes : sections.pods;
    const doubt = (answer: Lies) =>
      how !== "by-address" ? how : answer === "yes" ? undefined : asNode ? NODE_ADDRESS : POD_ADDRESS;
    for (const index of withAddresses) {
      if (section[index] !== own) continue;
      const { addresses } = endpoints[index] as PodEndpoint | NodeEndpoint;
      const answer = lies(
        addresses.flatMap((text) => parseCidr(text) ?? []),
        ranges,
        true,
      );
      if (answer !== "no") add.one(index, doubt(answer));
    }
    // A node may be anywhere where nobody says.
    const anywhere = asNode ? everyAddress : podRanges;
    const answer = lies(cidrs.length === 0 ? anywhere : cidrs, ranges, cidrs.length > 0);
    if (answer === "no") continue;
    if (withAddresses.length === 0) add.whole(own, doubt(answer));
    else {
      const known = new Set(withAddresses);
      for (const [index] of endpoints.entries()) {
        if (section[index] === own && !known.has(index)) add.one(index, doubt(answer));
      }
    }
  }
}

type Lies = "yes" | "no" | "maybe";

/** @param exact - `possible` is where the address is, and no guess */
function lies(possible: readonly AddressRange[], ranges: readonly AddressRange[], exact: boolean): Lies {
  if (!possible.some((one) => ranges.some((range) => overlap(range, one)))) return "no";
  return exact && possible.every((one) => isCovered(one, ranges)) ? "yes" : "maybe";
}

function isCovered(range: AddressRange, by: readonly AddressRange[]): boolean {
  if (by.some((one) => covers(one, range))) return true;
  let { first } = range;
  for (const one of union(by)) {
    if (one.family !== range.family || one.last < first || one.first > first) continue;
    first = one.last + 1n;
  }
  return first > range.last;
}

function addNodes(nodes: "own" | "others" | "all" | NodeChoice, places: Places, add: Adding["one"]): void {
  const { endpoints, section } = places;
  const read = new Map(
    endpoints.flatMap((one) => (one.kind === "node" && one.name !== "" ? [[one.name, one] as const] : [])),
  );
  for (const [index, endpoint] of endpoints.entries()) {
    if (section[index] !== sections.nodes) continue;
    // Which node is the pod's own is another for each pod.
    if (nodes === "all" || (typeof nodes !== "string" && nodes.selector.requirements.length === 0)) add(index);
    else if (nodes === "own" || nodes === "others") add(index, OWN_NODE);
    else {
      const node = endpoint.kind === "pods" ? read.get(endpoint.node ?? "") : (endpoint as NodeEndpoint);
      if (node === undefined || node.name === "") add(index, NO_NODES);
      else if (matchesLabels(nodes.selector, node.labels)) add(index);
    }
  }
}

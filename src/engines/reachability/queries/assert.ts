/** Assertions held against a network: an unknown connection is never a pass. */
import type { Network, PortSet, StageName } from "../model.ts";
import type { Assertion } from "./assertion-syntax.ts";
import { bounds } from "./bounds.ts";
import { standInOf } from "./connections.ts";
import { Mistake, type PeerTerm } from "./peer-syntax.ts";
import { type Peers, peersOf, type Selection } from "./peers.ts";
import { portsAt } from "./ports.ts";

export interface AssertionResult {
  readonly assertion: Assertion;
  readonly verdict: "pass" | "fail" | "unknown";
  /** Pairs of workloads, nodes and ranges that it is about. */
  readonly pairs: number;
  readonly failing: number;
  readonly unknown: number;
  /** Some of the pairs that speak against it, those that fail first. */
  readonly counterexamples: readonly Counterexample[];
  /** Why it is unknown, or fails, though no pair speaks against it. */
  readonly because?: "enforcement-unknown" | "not-enforced" | "over-bound";
}

export interface Counterexample {
  readonly from: number;
  readonly to: number;
  /** What of the asked ports speaks against it. */
  readonly ports: PortSet;
  /** What those ports are: `allowed` against a denial. */
  readonly found: "allowed" | "denied" | "unknown";
}

/** A name or port that stands for nothing. */
export interface AssertionMistake {
  readonly assertion: Assertion;
  readonly cause: string;
  readonly remedy?: string;
}

export interface AssertedNetwork {
  readonly results: readonly AssertionResult[];
  readonly mistakes: readonly AssertionMistake[];
}

/** @param enforced - whether what policies deny is kept out */
export function assertNetwork(
  network: Network,
  assertions: readonly Assertion[],
  enforced: Network["enforced"] = network.enforced,
): AssertedNetwork {
  const peers = peersOf(network);
  const results: AssertionResult[] = [];
  const mistakes: AssertionMistake[] = [];
  const budget = { left: bounds.pairs };
  for (const assertion of assertions) {
    try {
      results.push(assertOne({ network, peers, enforced, budget }, assertion));
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      const { message: cause, remedy } = error;
      mistakes.push({ assertion, cause, ...(remedy === undefined ? {} : { remedy }) });
    }
  }
  return { results, mistakes };
}

/** Endpoints of one class, which every rule treats alike. */
type Alike = readonly number[];

interface Target {
  readonly members: Alike;
  readonly ports: PortSet;
}

interface Ground {
  readonly network: Network;
  readonly peers: Peers;
  readonly enforced: Network["enforced"];
  readonly budget: { left: number };
}

function assertOne({ network, peers, enforced, budget }: Ground, assertion: Assertion): AssertionResult {
  const sources = alike(network, new Set(selected(peers, assertion.from).flatMap(({ members }) => members)));
  const targets = targetsOf(network, peers, assertion);
  const counts = { pairs: 0, failing: 0, unknown: 0, unenforced: 0 };
  const found: Counterexample[] = [];
  const unsure: Counterexample[] = [];
  for (const from of sources) {
    for (const to of targets) {
      const pair = standInOf(network, from, to.members);
      if (pair === undefined) continue;
      const pairs = from.length * to.members.length;
      counts.pairs += pairs;
      if (--budget.left < 0) {
        return { assertion, verdict: "unknown", ...counts, counterexamples: [], because: "over-bound" };
      }
      const against = speaksAgainst(network, assertion.verb, pair, to.ports);
      if (against === undefined) {
        if (assertion.verb === "deny" && !isDeniedByMesh(network, pair, to.ports)) {
          counts.unenforced += pairs;
        }
      } else if (against.found === "unknown") {
        counts.unknown += pairs;
        if (unsure.length < bounds.counterexamples) unsure.push(against);
      } else {
        counts.failing += pairs;
        if (found.length < bounds.counterexamples) found.push(against);
      }
    }
  }
  const { pairs, failing, unknown, unenforced } = counts;
  if (pairs === 0) throw new Mistake("a pod reaches itself, whatever policies say");
  const result = { assertion, pairs, failing, unknown };
  const counterexamples = [...found, ...unsure].slice(0, bounds.counterexamples);
  if (failing > 0) return { ...result, verdict: "fail", counterexamples };
  if (unenforced > 0 && enforced === "no") {
    return { ...result, verdict: "fail", failing: unenforced, counterexamples, because: "not-enforced" };
  }
  if (unknown > 0) return { ...result, verdict: "unknown", counterexamples };
  if (unenforced > 0 && enforced === "unknown") {
    return { ...result, verdict: "unknown", unknown: unenforced, counterexamples, because: "enforcement-unknown" };
  }
  return { ...result, verdict: "pass", counterexamples };
}

function selected(peers: Peers, terms: readonly PeerTerm[]): Selection[] {
  return terms.map((term) => peers.select(term));
}

function targetsOf(network: Network, peers: Peers, { to, ports }: Assertion): Target[] {
  const byKey = new Map<string, { ports: PortSet; members: Set<number> }>();
  for (const selection of selected(peers, to)) {
    let any = false;
    for (const members of alike(network, new Set(selection.members))) {
      const example = members[0] as number;
      const asked = portsAt(network, selection, example, ports);
      if (asked === network.portSets.none) continue;
      any = true;
      const key = `${network.classOf[example]} ${asked.id}`;
      const known = byKey.get(key) ?? { ports: asked, members: new Set<number>() };
      for (const member of members) known.members.add(member);
      byKey.set(key, known);
    }
    if (!any) throw new Mistake(`${selection.term.text} has no port called ${ports?.text ?? ""}`);
  }
  return [...byKey.values()].map(({ ports: asked, members }) => ({ members: [...members], ports: asked }));
}

function alike({ classOf }: Network, members: ReadonlySet<number>): Alike[] {
  const sorted = [...members].sort((a, b) => a - b);
  return [...Map.groupBy(sorted, (index) => classOf[index] as number).values()];
}

function speaksAgainst(
  network: Network,
  verb: Assertion["verb"],
  [from, to]: readonly [number, number],
  asked: PortSet,
): Counterexample | undefined {
  const { portSets } = network;
  const connection = network.connection(from, to);
  const open = portSets.intersect(asked, connection.allowed);
  const unsure = portSets.intersect(asked, connection.unknown);
  const closed = portSets.subtract(asked, portSets.union(open, unsure));
  const against = verb === "allow" ? closed : open;
  if (against !== portSets.none) return { from, to, ports: against, found: verb === "allow" ? "denied" : "allowed" };
  return unsure === portSets.none ? undefined : { from, to, ports: unsure, found: "unknown" };
}

const MESH: readonly StageName[] = ["mesh-outbound", "mesh-authentication", "mesh-authorization"];

/** What a mesh refuses is refused whatever the CNI does. */
function isDeniedByMesh(network: Network, [from, to]: readonly [number, number], asked: PortSet): boolean {
  const { portSets } = network;
  let left = asked;
  for (const name of MESH) {
    const { allowed, unknown } = network.stage(name, from, to);
    left = portSets.intersect(left, portSets.union(allowed, unknown));
  }
  return left === portSets.none;
}

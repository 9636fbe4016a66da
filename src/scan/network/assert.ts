/** Assertions held against a network: an unknown connection is never a pass. */
import type { Network, PortSet, StageName } from "../../engines/reachability/model.ts";
import type { Assertion } from "./assertion-syntax.ts";
import { bounds } from "./bounds.ts";
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

export function assertNetwork(network: Network, assertions: readonly Assertion[]): AssertedNetwork {
  const peers = peersOf(network);
  const results: AssertionResult[] = [];
  const mistakes: AssertionMistake[] = [];
  const budget = { left: bounds.pairs };
  for (const assertion of assertions) {
    try {
      results.push(assertOne(network, peers, assertion, budget));
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      const { message: cause, remedy } = error;
      mistakes.push({ assertion, cause, ...(remedy === undefined ? {} : { remedy }) });
    }
  }
  return { results, mistakes };
}

/** Endpoints of one class, which every rule treats alike. */
interface Alike {
  readonly example: number;
  readonly count: number;
}

interface Target extends Alike {
  readonly ports: PortSet;
}

function assertOne(network: Network, peers: Peers, assertion: Assertion, budget: { left: number }): AssertionResult {
  const sources = alike(network, new Set(selected(peers, assertion.from).flatMap(({ members }) => members)));
  const targets = targetsOf(network, peers, assertion);
  const counts = { pairs: 0, failing: 0, unknown: 0, unenforced: 0 };
  const found: Counterexample[] = [];
  const unsure: Counterexample[] = [];
  for (const from of sources) {
    for (const to of targets) {
      const pairs = from.count * to.count;
      counts.pairs += pairs;
      if (--budget.left < 0) {
        return { assertion, verdict: "unknown", ...counts, counterexamples: [], because: "over-bound" };
      }
      const against = speaksAgainst(network, assertion.verb, from.example, to.example, to.ports);
      if (against === undefined) {
        if (assertion.verb === "deny" && !isDeniedByMesh(network, from.example, to.example, to.ports)) {
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
  const result = { assertion, pairs, failing, unknown };
  const counterexamples = [...found, ...unsure].slice(0, bounds.counterexamples);
  if (failing > 0) return { ...result, verdict: "fail", counterexamples };
  if (unenforced > 0 && network.enforced === "no") {
    return { ...result, verdict: "fail", failing: unenforced, counterexamples, because: "not-enforced" };
  }
  if (unknown > 0) return { ...result, verdict: "unknown", counterexamples };
  if (unenforced > 0 && network.enforced === "unknown") {
    return { ...result, verdict: "unknown", unknown: unenforced, counterexamples, because: "enforcement-unknown" };
  }
  return { ...result, verdict: "pass", counterexamples };
}

function selected(peers: Peers, terms: readonly PeerTerm[]): Selection[] {
  return terms.map((term) => peers.select(term));
}

function targetsOf(network: Network, peers: Peers, { to, ports }: Assertion): Target[] {
  const byKey = new Map<string, { example: number; ports: PortSet; members: Set<number> }>();
  for (const selection of selected(peers, to)) {
    let any = false;
    for (const { example, members } of alikeMembers(network, new Set(selection.members))) {
      const asked = portsAt(network, selection, example, ports);
      if (asked === network.portSets.none) continue;
      any = true;
      const key = `${network.classOf[example]} ${asked.id}`;
      const known = byKey.get(key) ?? { example, ports: asked, members: new Set<number>() };
      for (const member of members) known.members.add(member);
      byKey.set(key, known);
    }
    if (!any) throw new Mistake(`${selection.term.text} has no port called ${ports?.text ?? ""}`);
  }
  return [...byKey.values()].map(({ example, ports: asked, members }) => ({
    example,
    count: members.size,
    ports: asked,
  }));
}

function alike(network: Network, members: ReadonlySet<number>): Alike[] {
  return alikeMembers(network, members).map(({ example, members: all }) => ({ example, count: all.length }));
}

function alikeMembers(
  { classOf }: Network,
  members: ReadonlySet<number>,
): { readonly example: number; readonly members: readonly number[] }[] {
  const groups = Map.groupBy(
    [...members].sort((a, b) => a - b),
    (index) => classOf[index] as number,
  );
  return [...groups.values()].map((all) => ({ example: all[0] as number, members: all }));
}

function speaksAgainst(
  network: Network,
  verb: Assertion["verb"],
  from: number,
  to: number,
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
function isDeniedByMesh(network: Network, from: number, to: number, asked: PortSet): boolean {
  const { portSets } = network;
  let left = asked;
  for (const name of MESH) {
    const { allowed, unknown } = network.stage(name, from, to);
    left = portSets.intersect(left, portSets.union(allowed, unknown));
  }
  return left === portSets.none;
}

/**
 * What reaches a pod from one that was not read: of an ingress controller whose manifests are elsewhere neither the labels
 * nor the namespace are known. Allowed is what every pod may connect to, wherever it is; denied what none may; all else
 * depends on its labels or its namespace.
 */

import type { Connection, Network } from "../model.ts";
import { isMember } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import { ingressStages, type Peer, type Rule, type RuleAction, type StageName } from "../rule-model.ts";

export interface UnreadPod {
  connection(to: number): Connection;
}

export function createUnreadPod(network: Network): UnreadPod {
  const { portSets: sets } = network;
  const byClass = new Map<number, Connection>();
  let rulesOf: ReadonlyMap<StageName, readonly Rule[]> | undefined;

  function stage(name: StageName, to: number): Connection {
    rulesOf ??= Map.groupBy(network.rules, (rule) => rule.stage);
    const own = (rulesOf.get(name) ?? []).filter(({ subject }) => isMember(subject, to));
    // Of what is still undecided some may be decided by a rule that may match: every outcome that can be is kept.
    let live = sets.all;
    let accepted = sets.none;
    let denied = sets.none;
    for (const group of inOrder(own, ({ group }) => group)) {
      let passed = sets.none;
      for (const band of inOrder(group, (rule) => rule.band)) {
        let left = live;
        for (const list of inOrder(band, (rule) => rule.list)) {
          let undecided = live;
          for (const rule of list.toSorted((a, b) => a.index - b.index)) {
            const answer = matches(rule);
            if (answer === "no") continue;
            const ports = sets.intersect(undecided, portsOf(network, rule, to));
            if (rule.action === "accept") accepted = sets.union(accepted, ports);
            else if (rule.action === "deny") denied = sets.union(denied, ports);
            else passed = sets.union(passed, ports);
            if (answer === "yes") undecided = sets.subtract(undecided, ports);
          }
          left = sets.intersect(left, undecided);
        }
        live = left;
      }
      live = sets.union(live, passed);
    }
    accepted = sets.union(accepted, live);
    return { allowed: sets.subtract(accepted, denied), unknown: sets.intersect(accepted, denied) };
  }

  return {
    connection(to) {
      const id = network.classOf[to] as number;
      let found = byClass.get(id);
      if (found === undefined) {
        found = ingressStages.map((name) => stage(name, to)).reduce((a, b) => both(network, a, b));
        byClass.set(id, found);
      }
      return found;
    },
  };
}

/** Each must let it through. */
function both({ portSets: sets }: Network, a: Connection, b: Connection): Connection {
  const allowed = sets.intersect(a.allowed, b.allowed);
  const may = sets.intersect(sets.union(a.allowed, a.unknown), sets.union(b.allowed, b.unknown));
  return { allowed, unknown: sets.subtract(may, allowed) };
}

function matches(rule: Rule): "yes" | "maybe" | "no" {
  const answers = rule.peers.map((peer) => peerMatches(peer, rule.action));
  // Rules of a mesh are about the identities of pods that were read: what they let in beside nobody holds here.
  const isSure = rule.doubt === undefined && (rule.action === "accept" || !rule.stage.startsWith("mesh"));
  if (answers.includes("yes")) return isSure ? "yes" : "maybe";
  return answers.includes("maybe") ? "maybe" : "no";
}

/**
 * A selector without requirements picks it too; of any other nothing tells. An address it has, and which is not known. A
 * controller may be on its node's network, where no selector picks it: so that no denial by selector is sure.
 */
function peerMatches(peer: Peer, action: RuleAction): "yes" | "maybe" | "no" {
  switch (peer.kind) {
    case "everything":
      return "yes";
    case "pods":
      return peer.everyPod === true && peer.doubt === undefined && action === "accept" ? "yes" : "maybe";
    case "addresses":
      return peer.matches.pods === "never" ? "no" : "maybe";
    case "nodes":
      return "maybe";
    case "outside":
    case "domains":
      return "no";
  }
}

/** Ports by name are the destination's. */
function portsOf({ portSets: sets, endpoints }: Network, { ports }: Rule, to: number): PortSet {
  const pod = endpoints[to];
  if (pod?.kind !== "pods" || ports.named.length === 0) return ports.numbers;
  const named = ports.named.flatMap(({ protocol, name }) =>
    (["TCP", "UDP", "SCTP"] as const)
      .filter((one) => protocol === "any" || protocol === one)
      .flatMap((one) =>
        (pod.namedPorts.get(`${one}/${name}`) ?? []).map((port) => ({ protocol: one, first: port, last: port })),
      ),
  );
  return sets.union(ports.numbers, sets.of(named));
}

function inOrder(rules: readonly Rule[], key: (rule: Rule) => number): readonly (readonly Rule[])[] {
  return [...Map.groupBy(rules, key)].sort(([a], [b]) => a - b).map(([, listed]) => listed);
}

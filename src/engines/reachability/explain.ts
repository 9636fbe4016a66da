/** Every rule that has a say in one connection, in the order in which it is looked at. */
import type { Classes } from "./classes.ts";
import type { Decision, Decisions } from "./decisions.ts";
import type { Connection, ExplainedRule, Explanation, Network, StageExplanation } from "./model.ts";
import type { PortSet, PortSets } from "./port-set.ts";
import { type ClassSet, type CompiledRule, grouped } from "./rows.ts";
import { type Doubt, egressStages, ingressStages, type Rule, type StageName } from "./rule-model.ts";

export interface ExplainGround {
  readonly network: Network;
  readonly classes: Classes;
  readonly section: Uint8Array;
  readonly decisions: Decisions;
  rulesOf(stage: StageName, subject: number): readonly CompiledRule[];
  peerDoubts(rule: Rule): readonly Doubt[];
  portsAt(rule: Rule, destination: number): PortSet;
  startOf(subject: number, from: number): Decision;
}

export function explainConnection(ground: ExplainGround, from: number, to: number): Explanation {
  const { network, classes } = ground;
  const [a, b] = [classes.classOf[from] as number, classes.classOf[to] as number];
  const result: Connection = network.connection(from, to);
  const stages = [...egressStages, ...ingressStages].map((name) => {
    const isEgress = egressStages.includes(name);
    return explainStage(ground, name, isEgress ? a : b, isEgress ? b : a, network.stage(name, from, to));
  });
  return { ...result, stages };
}

function explainStage(
  ground: ExplainGround,
  name: StageName,
  subject: number,
  peer: number,
  result: Connection,
): StageExplanation {
  const { decisions, network } = ground;
  const sets = network.portSets;
  const steps: ExplainedRule[] = [];
  const rules = ground.rulesOf(name, subject);
  let before =
    name === "network-ingress" && ground.section[peer] === 1 && rules.length > 0
      ? ground.startOf(subject, peer)
      : decisions.start;
  for (const group of grouped(rules, ({ rule }) => rule.group)) {
    for (const band of grouped(group, ({ rule }) => rule.band)) {
      let together: Decision | undefined;
      for (const list of grouped(band, ({ rule }) => rule.list)) {
        let own = decisions.start;
        for (const compiled of list) {
          const hit = matches(compiled, peer, ground.section[peer] as number);
          if (hit === "no") continue;
          const { rule } = compiled;
          const ports = ground.portsAt(rule, compiled.isEgress ? peer : subject);
          const decided = sets.intersect(sets.intersect(before.open, own.open), ports);
          const sure = hit === "sure" && rule.doubt === undefined;
          own = decisions.apply(own, { ports, action: rule.action, sure });
          if (decided === sets.none) continue;
          steps.push({ rule, ports: decided, sure, doubts: doubtsOf(ground, rule, hit) });
        }
        together = together === undefined ? own : decisions.either(together, own);
      }
      if (together !== undefined) before = decisions.continued(before, together);
    }
    before = decisions.nextGroup(before);
  }
  return { name, ...result, steps, open: openOf(before, sets) };
}

function openOf({ open, passed }: Decision, sets: PortSets): PortSet {
  return sets.union(open, passed);
}

function doubtsOf(ground: ExplainGround, rule: Rule, hit: "sure" | "maybe"): readonly Doubt[] {
  return [...(rule.doubt === undefined ? [] : [rule.doubt]), ...(hit === "maybe" ? ground.peerDoubts(rule) : [])];
}

function matches({ sure, maybe }: CompiledRule, peer: number, section: number): "sure" | "maybe" | "no" {
  return isIn(sure, peer, section) ? "sure" : isIn(maybe, peer, section) ? "maybe" : "no";
}

function isIn({ whole, members }: ClassSet, peer: number, section: number): boolean {
  return (whole & (1 << section)) !== 0 || members.includes(peer);
}

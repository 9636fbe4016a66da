/** Every rule that has a say in one connection, in the order in which it is looked at. */
import type { Decision } from "./decisions.ts";
import type { Connection, ExplainedRule, Explanation, Network, StageExplanation } from "./model.ts";
import { HOST } from "./peer-sets.ts";
import { decide, type Plan, type PlanGround } from "./plan.ts";
import { type Doubt, egressStages, ingressStages, type Rule, type StageName } from "./rule-model.ts";

export interface ExplainGround extends PlanGround {
  readonly network: Network;
  readonly section: Uint8Array;
  planOf(stage: StageName, subject: number): Plan | undefined;
  peerDoubts(rule: Rule): readonly Doubt[];
  readonly open: Connection;
  /** Both must allow it. */
  both(a: Connection, b: Connection): Connection;
  outcome(decision: Decision): Connection;
  /** Whether the two are one pod. */
  isItself(from: number, to: number): boolean;
}

export function explainConnection(ground: ExplainGround, from: number, to: number): Explanation {
  const stages = [...egressStages, ...ingressStages].map((name) => explainStage(ground, name, from, to));
  return {
    ...stages.map(({ connection }) => connection).reduce(ground.both),
    stages: stages.map(({ stage }) => stage),
  };
}

function explainStage(
  ground: ExplainGround,
  name: StageName,
  from: number,
  to: number,
): { readonly connection: Connection; readonly stage: StageExplanation } {
  const { network, section } = ground;
  const { classOf, portSets: sets } = network;
  const [subject, one] = (egressStages.includes(name) ? [from, to] : [to, from]).map(
    (end) => classOf[end] as number,
  ) as [number, number];
  const steps: ExplainedRule[] = [];
  const plan = ground.planOf(name, subject);
  if (plan === undefined) return { connection: ground.open, stage: { name, ...ground.open, steps, open: sets.all } };
  const end = decide(
    ground,
    plan,
    subject,
    { one, section: section[one] as number },
    (compiled, hit, before, own, ports) => {
      const { rule } = compiled;
      const decided = sets.intersect(sets.intersect(before.open, own.open), ports);
      if (decided === sets.none) return;
      const doubts = [
        ...(rule.doubt === undefined ? [] : [rule.doubt]),
        ...(hit === "maybe" ? ground.peerDoubts(rule) : []),
      ];
      const sure = hit === "sure" && doubts.length === 0;
      steps.push({ rule, ports: decided, sure, doubts: sure || doubts.length > 0 ? doubts : [HOST] });
    },
  );
  const connection = ground.isItself(from, to) ? ground.open : ground.outcome(end);
  return { connection, stage: { name, ...connection, steps, open: sets.union(end.open, end.passed) } };
}

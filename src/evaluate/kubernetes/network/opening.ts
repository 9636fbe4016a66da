/** What lets a connection through: nothing that keeps it, or a rule. */
import type { OpenBy, OpeningRule } from "../../../checks/subjects/network.ts";
import {
  type Connection,
  formatPorts,
  type Network,
  type Rule,
  type StageName,
} from "../../../engines/reachability/model.ts";

export type Direction = "ingress" | "egress";

export const stageOf = { ingress: "network-ingress", egress: "network-egress" } as const satisfies Record<
  Direction,
  StageName
>;

/** What a stage lets through at this end: where nothing enforces policies, everything. */
export function stageAt(network: Network, direction: Direction, from: number, to: number): Connection {
  if (network.enforced !== "no") return network.stage(stageOf[direction], from, to);
  return { allowed: network.portSets.all, unknown: network.portSets.none };
}

/** Why it is open; the first accepting rule where there are several. */
export function openedBy(network: Network, direction: Direction, from: number, to: number): OpenBy {
  if (network.enforced === "no") return { kind: "unenforced" };
  if (network.isolated(direction === "egress" ? from : to, direction) === "no") return { kind: "nothing" };
  const stage = network.explain(from, to).stages.find(({ name }) => name === stageOf[direction]);
  const step = stage?.steps.find(({ rule, sure }) => rule.action === "accept" && sure);
  return step === undefined ? { kind: "nothing" } : { kind: "rule", ...ruleOf(step.rule) };
}

export function ruleOf({ object, field }: Rule): OpeningRule {
  return { object, field };
}

export function portsOf({ allowed }: Connection): string {
  return formatPorts(allowed);
}

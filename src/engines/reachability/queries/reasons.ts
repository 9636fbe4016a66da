/** Why a connection is allowed, denied or unknown: the rules that decide, stage by stage, of the ports that were asked for. */
import type { Location } from "../../../core/location.ts";
import { describeObject, type FieldPath, locationOf } from "../../kubernetes/model.ts";
import type { Doubt, ExplainedRule, Network, PortSet, Rule, StageExplanation, StageName } from "../model.ts";
import { egressStages, ingressStages } from "../rule-model.ts";

export interface PairReasons {
  readonly from: number;
  readonly to: number;
  /** Of the ports that were asked for. */
  readonly allowed: PortSet;
  readonly unknown: PortSet;
  readonly denied: PortSet;
  readonly stages: readonly StageReasons[];
}

export interface StageReasons {
  readonly name: StageName;
  /** The endpoint at whose end it is held. */
  readonly end: number;
  readonly decisions: readonly Decision[];
}

/** What decides of some ports. Without a rule: no rule of the stage matches, so that they are let through. */
export interface Decision {
  readonly outcome: "allowed" | "denied" | "unknown" | "passed" | "open";
  readonly ports: PortSet;
  readonly rule?: Rule;
  readonly doubts: readonly Doubt[];
}

/** @param asked - of other ports nothing is told */
export function reasonsOf(network: Network, from: number, to: number, asked: PortSet): PairReasons {
  const { portSets } = network;
  const explanation = network.explain(from, to);
  const allowed = portSets.intersect(explanation.allowed, asked);
  const unknown = portSets.intersect(explanation.unknown, asked);
  return {
    from,
    to,
    allowed,
    unknown,
    denied: portSets.subtract(asked, portSets.union(allowed, unknown)),
    stages: explanation.stages.map((stage) => {
      const unsure = undecided(network, stage, [from, to], asked);
      const open = portSets.intersect(portSets.subtract(stage.open, unsure?.ports ?? portSets.none), asked);
      return {
        name: stage.name,
        end: egressStages.includes(stage.name) ? from : to,
        decisions: [
          ...stage.steps.flatMap((step) => decisionOf(network, step, asked)),
          ...(unsure === undefined ? [] : [unsure]),
          ...(open === portSets.none ? [] : [{ outcome: "open", ports: open, doubts: [] } as const]),
        ],
      };
    }),
  };
}

/** Why some ports are unknown: the doubts of {@link reasonsOf} in the stages that leave them so. */
export function doubtsOf(network: Network, from: number, to: number, asked: PortSet): readonly Doubt[] {
  const { none, intersect } = network.portSets;
  let reasons: PairReasons | undefined;
  return [...egressStages, ...ingressStages].flatMap((name) => {
    if (intersect(network.stage(name, from, to).unknown, asked) === none) return [];
    if (!network.hasDoubts(name, from, to)) return [ofNoRule(network, name, [from, to])];
    reasons ??= reasonsOf(network, from, to, asked);
    return reasons.stages
      .filter((stage) => stage.name === name)
      .flatMap(({ decisions }) => decisions.flatMap(({ doubts }) => doubts));
  });
}

function decisionOf({ portSets }: Network, step: ExplainedRule, asked: PortSet): Decision[] {
  const ports = portSets.intersect(step.ports, asked);
  if (ports === portSets.none) return [];
  const decided = ({ accept: "allowed", deny: "denied", pass: "passed" } as const)[step.rule.action];
  return [{ outcome: step.sure ? decided : "unknown", ports, rule: step.rule, doubts: step.doubts }];
}

const OWN_NODE: Doubt = {
  code: "network.own-node",
  reason: "traffic between a pod and its own node is always let through, and which node that is is not known",
};
const NO_ORDER: Doubt = {
  code: "network.equal-priority",
  reason: "policies of equal priority decide differently, and nothing says which comes first",
  remedy: "give them different priorities",
};

/** What no single rule makes unknown: where the pod runs, or the order of rules that are sure by themselves. */
function undecided(
  network: Network,
  { name, unknown, steps }: StageExplanation,
  ends: readonly [from: number, to: number],
  asked: PortSet,
): Decision | undefined {
  const { portSets } = network;
  let ports = portSets.intersect(unknown, asked);
  for (const step of steps) if (!step.sure) ports = portSets.subtract(ports, step.ports);
  if (ports === portSets.none) return undefined;
  return { outcome: "unknown", ports, doubts: [ofNoRule(network, name, ends)] };
}

function ofNoRule({ endpoints }: Network, name: StageName, ends: readonly [from: number, to: number]): Doubt {
  const isOnNode = ends.some((end) => {
    const endpoint = endpoints[end];
    return endpoint?.kind === "node" || (endpoint?.kind === "pods" && endpoint.host);
  });
  return name.startsWith("network-") && isOnNode ? OWN_NODE : NO_ORDER;
}

/** The decisions that make the ports what they are: for what is denied the denials alone, for what is allowed what allows. */
export function decisive({ stages }: PairReasons, about: "allowed" | "denied" | "unknown"): readonly StageReasons[] {
  const wanted: readonly Decision["outcome"][] = about === "allowed" ? ["allowed", "open"] : [about];
  return stages
    .map((stage) => ({ ...stage, decisions: stage.decisions.filter(({ outcome }) => wanted.includes(outcome)) }))
    .filter(({ decisions }) => decisions.length > 0);
}

/** `NetworkPolicy shop/allow-all, ingress rule 1`. */
export function ruleName({ object, field, name, role }: Rule): string {
  if (role !== undefined) return describeObject(object);
  const entry = name === undefined ? entryName(field) : `rule ${JSON.stringify(name)}`;
  return entry === undefined ? describeObject(object) : `${describeObject(object)}, ${entry}`;
}

/** `["spec", "ingress", 0]` → `ingress rule 1`. */
function entryName(field: FieldPath): string | undefined {
  const at = field.findLastIndex((step) => typeof step === "number");
  const list = field[at - 1];
  return at < 1 || typeof list !== "string" ? undefined : `${list} rule ${(field[at] as number) + 1}`;
}

export function rulePlace({ object, field }: Rule): Location {
  return locationOf(object, field);
}

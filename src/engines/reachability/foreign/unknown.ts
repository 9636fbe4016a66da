/** What a policy that is recognised and not evaluated leaves unknown. */
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { PodSet } from "../pod-sets.ts";
import { type PolicyReading, type Reading, unknownRules } from "../reading.ts";
import type { Doubt, Peer, StageName } from "../rule-model.ts";

/** A kind of object that somebody else acts on. */
export interface ForeignKind {
  /** Who: `Calico`. */
  readonly enforcer: string;
  /** The CNI that has to be the cluster's for it to have effect; `other`: one that cannot be stated. Absent: any. */
  readonly cni?: "calico" | "antrea" | "ovn-kubernetes" | "other";
  read(reading: Reading, object: KubernetesObject, enforcer: string): void;
}

export interface Unknown {
  readonly subject: PodSet;
  readonly stages: readonly StageName[];
  /** About other ends than pods only. */
  readonly isOutside?: boolean;
  readonly field?: FieldPath;
  /** Said also where it selects no pods that were read: it may select nodes. */
  readonly maySelectNodes?: boolean;
}

export const networkStages: readonly StageName[] = ["network-ingress", "network-egress"];

/** @param find - undefined for an object without effect on what reaches what */
export function unknownKind(
  find: (reading: Reading, policy: PolicyReading) => Unknown | undefined,
): ForeignKind["read"] {
  return (reading, object, enforcer) =>
    reading.policy(object, networkStages, (policy) => {
      const found = find(reading, policy);
      if (found === undefined) {
        policy.selects(reading.podSets.none);
        return;
      }
      policy.selects(found.subject);
      sayUnknown(reading, object, enforcer, found);
    });
}

export function sayUnknown(
  reading: Reading,
  object: KubernetesObject,
  enforcer: string,
  { subject, stages, isOutside, field = [], maySelectNodes }: Unknown,
): void {
  if (subject.members.length === 0 && maySelectNodes !== true) return;
  const doubt: Doubt = {
    code: "network.foreign-policy",
    reason: `${enforcer}'s ${object.kind} is not evaluated: what it selects may be open or closed`,
  };
  if (isOutside !== true) {
    reading.doubtful(object, doubt, subject, stages, field);
    return;
  }
  reading.gap({ ...doubt, object, field });
  const peers: readonly Peer[] = [{ kind: "outside" }, { kind: "nodes", nodes: "all" }];
  const rules = unknownRules({ object, field }, doubt, subject, stages, reading.portSets.all, peers);
  for (const rule of rules) reading.rule(rule);
}

/** Recognised, and of no effect on what reaches what, though it reads as if it had one. */
export function withoutEffect(reason: string): ForeignKind["read"] {
  return (reading, object) => reading.gap({ code: "network.policy-without-effect", reason, object });
}

/** Not evaluated, and about ends that no rule is held at. */
export function notEvaluated(reason: string): ForeignKind["read"] {
  return (reading, object) => reading.gap({ code: "network.foreign-policy", reason, object });
}

/** All pods, where it states no namespace and may be of a kind that has none. */
export function podsOfNamespace({ podSets }: Reading, namespace: string | undefined): PodSet {
  return namespace === undefined ? podSets.all : podSets.select({ namespaces: { name: namespace }, pods: undefined });
}

/** Those that a label selector picks or may pick; without one, all of there. */
export function podsOfSelector(
  reading: Reading,
  policy: PolicyReading,
  namespace: string | undefined,
  name = "podSelector",
  at = policy.spec,
): PodSet {
  const choice = {
    namespaces: namespace === undefined ? undefined : { name: namespace },
    pods: policy.selector(at.fields(name)),
  };
  return reading.podSets.select(choice);
}

/** By the lists of rules that it has. */
export function stagesWithRules({ spec }: PolicyReading): StageName[] {
  return (["ingress", "egress"] as const)
    .filter((name) => spec.list(name).length > 0)
    .map((name): StageName => `network-${name}`);
}

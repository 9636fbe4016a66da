/** What ValidatingAdmissionPolicies decide of a request, as evaluations: one for each thing that their bindings do with it. */
import { admissionPolicyChecks } from "../../checks/lists/admission-policy.ts";
import type { AdmissionPolicyFacts } from "../../checks/subjects/admission-policy.ts";
import type { Asset } from "../../core/asset.ts";
import type { Action } from "../../core/enforcement.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { PolicyDecision } from "../../engines/admission/model.ts";

export interface BoundEvaluation {
  readonly evaluation: Evaluation;
  /** What the bindings do with it: nothing stricter comes of it. */
  readonly most: Action;
}

export interface PolicyEvaluationContext {
  readonly asset: Asset;
  /** `Pod shop/api` */
  readonly object: string;
  readonly policy: Policy;
  readonly now: Date;
}

const ACTIONS: readonly (readonly [Action, PolicyDecision["actions"][number]])[] = [
  ["deny", "Deny"],
  ["warn", "Warn"],
  ["audit", "Audit"],
];

/** @param decisions - or why there are none */
export function evaluatePolicyDecisions(
  decisions: readonly PolicyDecision[] | Gap,
  context: PolicyEvaluationContext,
): BoundEvaluation[] {
  if (!isList(decisions)) return [{ evaluation: evaluationOf(absentOf(decisions), context), most: "deny" }];
  const by = Map.groupBy(decisions, ({ actions }) => ACTIONS.find(([, name]) => actions.includes(name))?.[0] ?? "deny");
  if (decisions.length === 0) by.set("deny", []);
  return [...by].map(([most, some]) => {
    const gaps = some.flatMap(({ outcome, policy, message }): Gap[] =>
      outcome === "unknown" ? [{ code: "admission.policy", reason: `${policy}: ${message}` }] : [],
    );
    const decided = present({ object: context.object, decisions: some }, context.now.toISOString(), { gaps });
    return { evaluation: evaluationOf({ decided }, context), most };
  });
}

function isList(decisions: readonly PolicyDecision[] | Gap): decisions is readonly PolicyDecision[] {
  return Array.isArray(decisions);
}

function absentOf(gap: Gap): Parameters<typeof evaluationOf>[0] {
  return { decided: absent(gap) };
}

function evaluationOf(
  evidence: Parameters<typeof runChecks<AdmissionPolicyFacts>>[1],
  { asset, policy, now }: PolicyEvaluationContext,
): Evaluation {
  const [evaluation] = runChecks<AdmissionPolicyFacts>(admissionPolicyChecks, evidence, { asset, policy, now });
  if (evaluation === undefined) throw new Error("the one check over decisions always has something to say");
  return evaluation;
}

/**
 * ValidatingAdmissionPolicies over one request, as the API server decides (policy/validating, dispatcher.go): every policy that
 * matches, by each of its bindings, with each object of parameters; all of them must hold.
 */
import type { Untyped } from "../../../core/untyped.ts";
import type { Budget } from "../../cel/model.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import { formatFieldPath } from "../../kubernetes/field-path.ts";
import type { AdmissionRequest } from "../model.ts";
import { type Answers, answersOf } from "./answers.ts";
import { bounds } from "./bounds.ts";
import type { PolicyAnswer, PolicyDecision, ValidationAction } from "./decision-model.ts";
import type { PolicyContext, PolicyFault } from "./model.ts";
import { collectParams, paramsName } from "./params.ts";
import type { AdmissionPolicies, ReadyBinding, ReadyPolicy } from "./ready.ts";
import { type Match, matchesRequest } from "./rules.ts";
import { told, type Validated, type Verdict, validate } from "./validate.ts";
import {
  namespaceVariables,
  paramsVariables,
  policyVariables,
  requestVariables,
  withoutNamespace,
} from "./variables.ts";

/** The API server does not hold what governs admission against admission itself. */
const EXEMPT: ReadonlySet<string> = new Set([
  ...["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
  ...["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  ...["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"],
]);

/** Never throws for what policies or objects hold. */
export async function evaluateAdmissionPolicies(
  policies: AdmissionPolicies,
  request: AdmissionRequest,
  context: PolicyContext,
): Promise<PolicyAnswer> {
  const { group, kind } = request.kind;
  if (group === "admissionregistration.k8s.io" && EXEMPT.has(kind))
    return { decisions: [], auditAnnotations: {}, evaluated: [] };
  const answers = answersOf(request.user, context);
  for (let round = 1; ; round += 1) {
    const answer = evaluateOnce(policies, request, context, answers);
    const isOpen = answer.decisions.some(({ outcome }) => outcome === "unknown");
    if (!isOpen || round >= bounds.rounds || !(await answers.ask())) return answer;
  }
}

interface Collected {
  readonly decisions: PolicyDecision[];
  readonly annotations: Map<string, string[]>;
  readonly evaluated: { policy: string; held: number }[];
}

function evaluateOnce(
  { policies, params }: AdmissionPolicies,
  request: AdmissionRequest,
  context: PolicyContext,
  answers: Answers,
): PolicyAnswer {
  const budget: Budget = { left: bounds.steps };
  const common = requestVariables(request, answers.answer);
  const namespace = namespaceVariables(request, context);
  const collected: Collected = { decisions: [], annotations: new Map(), evaluated: [] };
  for (const policy of policies) {
    const match = readable(policy.fault, "matchConstraints") ? matchesRequest(policy.matching, request, context) : true;
    if (match === false) continue;
    const open = openOf(match, policy.fault);
    if (open !== undefined) {
      tell(collected, policy, undefined, open, ["Deny"]);
      continue;
    }
    const counted = { policy: policy.name, held: 0 };
    collected.evaluated.push(counted);
    for (const binding of policy.bindings) {
      const isAll = binding.matching === undefined || !readable(binding.fault, "matchResources");
      const bound = isAll || matchesRequest(binding.matching, request, context);
      if (bound === false) continue;
      const openBinding = openOf(bound, binding.fault);
      if (openBinding !== undefined) {
        tell(collected, policy, binding, openBinding, binding.actions.length === 0 ? ["Deny"] : binding.actions);
        continue;
      }
      const found = collectParams(policy, binding, params, request);
      if ("outcome" in found) {
        tell(collected, policy, binding, { ...found, path: ["spec", "paramRef"] }, ["Deny"]);
        continue;
      }
      for (const object of found) {
        const given = { ...common, ...paramsVariables(object) };
        const validated = validate(policy, {
          forConditions: { ...given, ...withoutNamespace },
          forValidations: policyVariables(policy.variables, { ...given, ...namespace }, budget),
          budget,
        });
        counted.held += validated.held;
        keep(collected, policy, binding, object, validated);
      }
    }
  }
  const auditAnnotations = Object.fromEntries(
    [...collected.annotations].map(([key, values]) => [key, [...new Set(values)].join(", ")]),
  );
  return { decisions: collected.decisions, auditAnnotations, evaluated: collected.evaluated };
}

/** What a policy is about cannot be told by constraints that are wrong: then it may be about anything. */
function readable(fault: PolicyFault | undefined, field: string): boolean {
  return fault?.path[1] !== field;
}

interface Open {
  readonly outcome: "unknown" | "error";
  readonly reason: string;
  readonly path: FieldPath;
}

/** What keeps a policy or a binding that matches, or may match, from being applied. */
function openOf(match: Exclude<Match, false>, fault: PolicyFault | undefined): Open | undefined {
  if (match !== true) return { ...match, path: ["spec"] };
  if (fault === undefined) return undefined;
  const reason = `${fault.kind} ${fault.name} is none that the API server takes: ${formatFieldPath(fault.path)} ${fault.reason}`;
  return { outcome: "unknown", reason, path: fault.path };
}

/** Errors of what was set up are the failure policy's, and the binding's actions have no say in them. */
function tell(
  { decisions }: Collected,
  policy: ReadyPolicy,
  binding: ReadyBinding | undefined,
  { outcome, reason, path }: Open,
  actions: readonly ValidationAction[],
): void {
  if (outcome === "error" && policy.ignoresErrors) return;
  const what = outcome === "unknown" ? "" : `failed to configure ${binding === undefined ? "policy" : "binding"}: `;
  decisions.push({
    policy: policy.name,
    ...(binding === undefined ? {} : { binding: binding.name }),
    ...{ outcome, message: told(`${what}${reason}`), reason: "Invalid", code: codeOf("Invalid"), actions, path },
  });
}

function keep(
  { decisions, annotations }: Collected,
  policy: ReadyPolicy,
  binding: ReadyBinding,
  object: Untyped | undefined,
  { verdicts, annotations: published }: Validated,
): void {
  for (const { isDenied, ...verdict } of verdicts) {
    decisions.push({
      ...{ policy: policy.name, binding: binding.name },
      ...(object === undefined ? {} : { params: told(paramsName(object)) }),
      ...verdict,
      code: codeOf(verdict.reason),
      actions: isDenied === true && verdict.outcome === "error" ? ["Deny"] : binding.actions,
    });
  }
  for (const [key, value] of published) {
    const name = `${policy.name}/${key}`;
    annotations.set(name, [...(annotations.get(name) ?? []), value]);
  }
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function codeOf(reason: Verdict["reason"]): number {
  return CODES[reason] ?? 422;
}

/** The ValidatingAdmissionPolicies around a request, compiled once for as long as they are the same, and evaluated. */
import { gapOf } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { evaluateAdmissionPolicies } from "../../engines/admission/policies/evaluate.ts";
import type { PolicyQuestion } from "../../engines/admission/policies/model.ts";
import { readAdmissionPolicies } from "../../engines/admission/policies/read.ts";
import type { AdmissionPolicies } from "../../engines/admission/policies/ready.ts";
import { type BoundEvaluation, evaluatePolicyDecisions } from "../../evaluate/kubernetes/admission-policies.ts";
import type { AdmissionPolicyObjects, ClusterView } from "./model.ts";
import type { AdmissionPolicyEvaluator } from "./options.ts";
import { objectAsset, objectName } from "./unknown.ts";

export interface ClusterPoliciesOptions {
  readonly cluster: ClusterView;
  /**
   * `live`: all policies of the cluster are there, and its API server decides by them as well: what is unknown here it knows, and
   * nothing is refused for it. `files`: of those that are given nobody knows whether they are all.
   */
  readonly source: "live" | "files";
}

export function createAdmissionPolicyEvaluator({ cluster, source }: ClusterPoliciesOptions): AdmissionPolicyEvaluator {
  const compiled = new WeakMap<AdmissionPolicyObjects, AdmissionPolicies>();
  const compile = (found: AdmissionPolicyObjects) => {
    const known = compiled.get(found) ?? readAdmissionPolicies({ ...found, complete: source === "live" });
    compiled.set(found, known);
    return known;
  };
  return async ({ request, policy: { policy }, asking: { now } }) => {
    const context = { asset: objectAsset(request), object: objectName(request), policy, now };
    const told = (all: readonly BoundEvaluation[]) =>
      source === "files" ? all : all.map((one) => (one.evaluation.verdict === "unknown" ? audited(one) : one));
    const found = await cluster.admissionPolicies();
    if (found instanceof Problem) return told(evaluatePolicyDecisions(gapOf(found), context));
    const policies = compile(found);
    if (policies.policies.length === 0) return [];
    const { namespace: name, user } = request;
    const namespace = name === undefined ? undefined : await cluster.namespace(name);
    const { decisions } = await evaluateAdmissionPolicies(policies, request, {
      namespace,
      may: (who, question) => mayOf(cluster, who ?? user, question),
    });
    return decisions.length === 0 ? [] : told(evaluatePolicyDecisions(decisions, context));
  };
}

function audited({ evaluation }: BoundEvaluation): BoundEvaluation {
  return { evaluation, most: "audit" };
}

async function mayOf(cluster: ClusterView, user: Parameters<ClusterView["may"]>[0], question: PolicyQuestion) {
  const { verb, group, resource, subresource, namespace, name, nonResourcePath } = question;
  if (nonResourcePath !== undefined || (subresource !== undefined && subresource !== "")) {
    return notAsked("whether somebody may use a subresource or a path is not asked");
  }
  return await cluster.may(user, {
    verb,
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  });
}

function notAsked(cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "admission.not-asked", place: "authorizer", cause });
}

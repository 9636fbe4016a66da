/** ValidatingAdmissionPolicies that a cluster, or files, hold, over one request: for the guard's `admissionPolicies`. */

import type { Evaluation } from "../../core/evaluation.ts";
import { gapOf } from "../../core/evidence.ts";
import { Problem } from "../../core/problem.ts";
import { withDefaults } from "../../engines/admission/policies/defaults.ts";
import { evaluateAdmissionPolicies as decideByPolicies } from "../../engines/admission/policies/evaluate.ts";
import { readAdmissionPolicies } from "../../engines/admission/policies/read.ts";
import type { AdmissionPolicies } from "../../engines/admission/policies/ready.ts";
import { evaluateAdmissionPolicies, unknownAdmissionPolicies } from "../../evaluate/kubernetes/admission-policies.ts";
import type { AdmissionPolicyObjects, ClusterView } from "./model.ts";
import type { AdmissionPolicyEvaluator, Question } from "./options.ts";
import { objectName } from "./unknown.ts";

/** Policies are compiled once for each list that the cluster hands out. */
export function clusterPolicyEvaluator(cluster: ClusterView): AdmissionPolicyEvaluator {
  const compiled = new WeakMap<AdmissionPolicyObjects, AdmissionPolicies>();
  return async (question): Promise<readonly Evaluation[]> => {
    const { request, policy, asking } = question;
    const context = { asset: assetOf(question), policy: policy.policy, now: asking.now };
    const objects = await cluster.admissionPolicies();
    if (objects instanceof Problem) return elsewhere(unknownAdmissionPolicies(gapOf(objects), context));
    let policies = compiled.get(objects);
    if (policies === undefined) {
      policies = readAdmissionPolicies({ ...objects, complete: objects.isPartial !== true });
      compiled.set(objects, policies);
    }
    if (policies.policies.length === 0) return [];
    const { namespace: name } = request;
    const namespace = name === undefined ? undefined : await cluster.namespace(name);
    // Manifests lack what the API server adds before its policies see an object.
    const shown = objects.isPartial === true ? defaulted(request) : request;
    const answer = await decideByPolicies(policies, shown, { namespace, may: cluster.may });
    const evaluations = evaluateAdmissionPolicies(answer, context);
    return objects.isPartial === true ? evaluations : elsewhere(evaluations);
  };
}

function defaulted(request: Question["request"]): Question["request"] {
  const { object, oldObject } = request;
  return {
    ...request,
    ...(object === undefined ? {} : { object: withDefaults(object) }),
    ...(oldObject === undefined ? {} : { oldObject: withDefaults(oldObject) }),
  };
}

/** The API server holds the request against its policies itself: what cannot be told here it knows. */
function elsewhere(evaluations: readonly Evaluation[]): Evaluation[] {
  return evaluations.map((one) =>
    one.verdict !== "unknown"
      ? one
      : { ...one, gaps: one.gaps.map(({ reason }) => ({ code: "admission.policy-elsewhere", reason })) },
  );
}

function assetOf({ request }: Question) {
  const name = objectName(request);
  return { kind: "workload", id: name, lineage: name, name } as const;
}

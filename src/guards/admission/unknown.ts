import { identities } from "../../checks/lists/identities.ts";
import type { WorkloadAsset } from "../../core/asset.ts";
import { actions } from "../../core/enforcement.ts";
import { type Evaluation, unjudged } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import { valueAt } from "../../core/untyped.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { GuardPolicy } from "./model.ts";

/** `Deployment shop/api`, `Pod shop/(generated api-)`. */
export function objectName({ kind, namespace, name, object }: AdmissionRequest): string {
  const generated = valueAt(object, ["metadata", "generateName"]);
  const own = name ?? valueAt(object, ["metadata", "name"]);
  const called = typeof own === "string" && own !== "" ? own : `(generated ${String(generated ?? "name")})`;
  return `${kind.kind} ${namespace === undefined ? "" : `${namespace}/`}${called}`.slice(0, 500);
}

/** Whatever the object is, and whether it can be read. */
export function objectAsset(request: AdmissionRequest): WorkloadAsset {
  const name = objectName(request);
  return { kind: "workload", id: name, lineage: name, name };
}

/** Of a request about which nobody can say anything. */
export function unknownEvaluation(request: AdmissionRequest, now: Date, gap: Gap): Evaluation {
  return unjudged("workload/manifest-not-parsed", objectAsset(request), now, gap);
}

/**
 * Where nothing was judged, any check might have failed: the one that the policy takes hardest stands for all of them. What
 * nobody can read would otherwise pass under a policy that denies some checks and records the rest.
 *
 * @param layers - whose checks would have been asked; absent: all
 */
export function hardest(policy: GuardPolicy, evaluation: Evaluation, layers?: ReadonlySet<string>): Evaluation {
  const rank = (one: Evaluation) => actions.indexOf(policy.actionOf(one));
  let worst = evaluation;
  for (const { id, layer } of identities) {
    if (layers !== undefined && !layers.has(layer)) continue;
    const other = { ...evaluation, check: id };
    if (rank(other) > rank(worst)) worst = other;
  }
  return worst;
}

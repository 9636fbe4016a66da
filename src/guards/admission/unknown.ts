import type { WorkloadAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import { valueAt } from "../../core/untyped.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";

/** `Deployment shop/api`, `Pod shop/(generated api-)`. */
export function objectName({ kind, namespace, name, object }: AdmissionRequest): string {
  const generated = valueAt(object, ["metadata", "generateName"]);
  const own = name ?? valueAt(object, ["metadata", "name"]);
  const called = typeof own === "string" && own !== "" ? own : `(generated ${String(generated ?? "name")})`;
  return `${kind.kind} ${namespace === undefined ? "" : `${namespace}/`}${called}`.slice(0, 500);
}

/** Of a request about which nobody can say anything. */
export function unknownEvaluation(request: AdmissionRequest, now: Date, gap: Gap): Evaluation {
  const name = objectName(request);
  const asset: WorkloadAsset = { kind: "workload", id: name, lineage: name, name };
  return {
    check: "workload/manifest-not-parsed",
    asset,
    verdict: "unknown",
    reason: gap.reason,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [gap],
    observedAt: now.toISOString(),
  };
}

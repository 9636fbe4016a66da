/** Reports that the admission guard wrote to a cluster, read. */
import { type Action, actions } from "../../core/enforcement.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { MANAGED_BY, REPORT_PREFIX, reportAnnotations } from "./report-names.ts";

/** What was decided of one object that was admitted. */
export interface AdmissionReport {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** ISO 8601; absent where it states none. */
  readonly time?: string;
  readonly policy: string;
  /** Checks that did not pass; none: all did. */
  readonly results: readonly ReportedResult[];
  /** Results that it had no room for, or that cannot be read. */
  readonly leftOut: number;
}

export interface ReportedResult {
  readonly check: string;
  readonly verdict: "fail" | "unknown";
  /** Absent: it was let in by breaking the glass, or nothing says. */
  readonly action?: Action;
  readonly image?: string;
  readonly message: string;
}

/** Undefined for what is no report of the guard: whoever may write reports may write any. */
export function readAdmissionReport(object: unknown): AdmissionReport | undefined {
  const name = valueAt(object, ["metadata", "name"]);
  if (typeof name !== "string" || !name.startsWith(REPORT_PREFIX)) return undefined;
  if (valueAt(object, ["metadata", "labels", MANAGED_BY.label]) !== MANAGED_BY.value) return undefined;
  const [kind, namespace, of] = ["kind", "namespace", "name"].map((key) => valueAt(object, ["scope", key]));
  const results = valueAt(object, ["results"]);
  if (typeof kind !== "string" || typeof namespace !== "string" || typeof of !== "string" || !Array.isArray(results)) {
    return undefined;
  }
  const read = results.map(readResult);
  const left = Number(valueAt(object, ["metadata", "annotations", reportAnnotations.leftOut]) ?? 0);
  const seconds = valueAt(results[0], ["timestamp", "seconds"]);
  const policy = valueAt(object, ["metadata", "annotations", reportAnnotations.policy]);
  const time = typeof seconds === "number" ? new Date(seconds * 1_000) : undefined;
  return {
    kind,
    namespace,
    name: of,
    ...(time === undefined || Number.isNaN(time.getTime()) ? {} : { time: time.toISOString() }),
    policy: typeof policy === "string" ? policy : "",
    results: read.flatMap((result) => (typeof result === "object" ? [result] : [])),
    leftOut: (Number.isSafeInteger(left) && left > 0 ? left : 0) + read.filter((result) => result === "unread").length,
  };
}

function readResult(value: unknown): ReportedResult | "passed" | "unread" {
  if (!isObject(value) || typeof value.result !== "string" || typeof value.rule !== "string") return "unread";
  if (value.result === "pass" || value.result === "skip") return "passed";
  const verdict = value.result === "error" ? "unknown" : ["fail", "warn"].includes(value.result) ? "fail" : undefined;
  if (verdict === undefined) return "unread";
  const action = actions.find((each) => each === valueAt(value, ["properties", "action"]));
  const image = valueAt(value, ["properties", "image"]);
  return {
    check: value.rule,
    verdict,
    ...(action === undefined ? {} : { action }),
    ...(typeof image === "string" ? { image } : {}),
    message: typeof value.message === "string" ? value.message : "",
  };
}

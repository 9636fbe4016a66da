/** What of an object a request changes: what was wrong before is not refused again. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { valueAt } from "../../core/untyped.ts";
import type { ReadRequest } from "../../engines/admission/admitted.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { Workload } from "../../engines/kubernetes/model.ts";
import { fieldOf } from "./outcomes.ts";

/**
 * Whether the pods that would run are those that could before: their specifications and annotations are the same. Labels,
 * replicas and whatever else stands around a template make no other pod.
 */
export function hasSamePods(
  { object, oldObject }: Pick<AdmissionRequest, "object" | "oldObject">,
  { read, before }: Pick<ReadRequest, "read" | "before">,
): boolean {
  if (read === undefined || before === undefined) return false;
  const [after, earlier] = [read.workloads, before.workloads];
  if (after.length !== earlier.length || read.gaps.length !== before.gaps.length) return false;
  return after.every((workload, index) => {
    const other = earlier[index];
    return other !== undefined && podText(workload, object) === podText(other, oldObject);
  });
}

/** Of objects within the object there is no path: they have no text that equals another's. */
function podText({ templatePath, podPath, form }: Workload, object: unknown): string | symbol {
  // The whole object says what pods its controller makes of a form of its own.
  if (form !== undefined) return JSON.stringify(valueAt(object, ["spec"])) ?? Symbol();
  const spec = valueAt(object, podPath);
  if (spec === undefined) return Symbol();
  return JSON.stringify([spec, valueAt(object, [...templatePath, "metadata", "annotations"])]);
}

/**
 * What of the evaluations this request brings: findings that the object had before, over the same value, are left out. An
 * evaluation of which nothing over the threshold is left passes; one that is unknown stays, for nobody knows what it hides.
 */
export function newOf(
  after: readonly Evaluation[],
  before: readonly Evaluation[],
  request: Pick<AdmissionRequest, "object" | "oldObject">,
): Evaluation[] {
  const known = new Set(before.flatMap(({ findings }) => findings.map((one) => identityOf(one, request.oldObject))));
  return after.flatMap((evaluation): Evaluation[] => {
    if (evaluation.verdict !== "fail") return [evaluation];
    const findings = evaluation.findings.filter((finding) => !known.has(identityOf(finding, request.object)));
    return findings.some(({ overThreshold }) => overThreshold) ? [{ ...evaluation, findings }] : [];
  });
}

/** All that the finding says, but for the index at which its container stands; and what the field holds. */
function identityOf(finding: Finding, object: unknown): string {
  const { check, subject, severity, title, detail, evidence } = finding;
  const { field: _, object: __, ...said } = evidence;
  const path = pathOf(fieldOf(finding));
  return JSON.stringify([check, subject, severity, title, detail, said, path && (valueAt(object, path) ?? null)]);
}

/** The other way round of `formatFieldPath`. */
export function pathOf(field: string | undefined): (string | number)[] | undefined {
  if (field === undefined) return [];
  const path: (string | number)[] = [];
  for (let at = 0; at < field.length; ) {
    const bracket = field[at] === "[";
    const start = bracket || field[at] === "." ? at + 1 : at;
    const end = bracket ? field.indexOf("]", start) : endOfName(field, start);
    const name = field.slice(start, end < 0 ? field.length : end);
    path.push(bracket && /^(0|[1-9]\d*)$/.test(name) ? Number(name) : name);
    at = end < 0 ? field.length : bracket ? end + 1 : end;
  }
  return path;
}

function endOfName(field: string, start: number): number {
  let end = start;
  while (end < field.length && field[end] !== "." && field[end] !== "[") end += 1;
  return end;
}

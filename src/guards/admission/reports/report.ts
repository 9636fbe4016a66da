/** A decision as a report. One report an object, owned by it, so that it goes with it. */
import { least } from "../../../core/extremes.ts";
import { printable } from "../../../core/printable.ts";
import { severities, severityRank } from "../../../core/severity.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import {
  MANAGED_BY,
  REPORT_PREFIX,
  type ReportForm,
  reportAnnotations,
} from "../../../engines/admission/report-names.ts";
import type { Plain } from "../../../engines/kubernetes/cluster/client.ts";
import { apiVersionOf } from "../../../engines/kubernetes/cluster/paths.ts";
import type { Decision, Outcome } from "../model.ts";
import { bounds } from "./bounds.ts";

export interface Reported {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Undefined where no report is written: what does not stay (a dry run, what is refused), what a controller makes, which its
 * owner's report is about, and what is in no namespace.
 */
export function reportedObject({ request, answer, basis }: Decision): Reported | undefined {
  const { namespace, object, dryRun, subResource } = request;
  if (dryRun || !answer.allowed || subResource !== undefined || namespace === undefined || object === undefined)
    return undefined;
  if (basis === "exempt") return undefined;
  const owners = valueAt(object, ["metadata", "ownerReferences"]);
  if (Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner.controller === true)) return undefined;
  const name = valueAt(object, ["metadata", "name"]);
  const uid = valueAt(object, ["metadata", "uid"]);
  if (typeof name !== "string" || typeof uid !== "string" || !/^[0-9a-f-]{8,64}$/i.test(uid)) return undefined;
  return { namespace, name, uid: uid.toLowerCase() };
}

export function reportName({ uid }: Reported): string {
  return `${REPORT_PREFIX}${uid}`;
}

/** A report without its form: small beside the decision that it is made of. */
export type ReportDraft = Readonly<Record<"metadata" | "scope" | "summary" | "results", unknown>>;

export function reportOf(form: ReportForm, draft: ReportDraft): Plain {
  const source = form.kind === "Report" ? { source: "bulkhead" } : {};
  return { apiVersion: apiVersionOf(form), kind: form.kind, ...source, ...draft };
}

export function draftReport(reported: Reported, decision: Decision, now: Date): ReportDraft {
  const { request, outcomes, policy, environment } = decision;
  const results = outcomes.length === 0 ? [passed(decision)] : outcomes.slice(0, bounds.results).map(resultOf);
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) summary[result]++;
  const left = outcomes.length - Math.min(outcomes.length, bounds.results);
  const timestamp = { seconds: Math.floor(now.getTime() / 1_000), nanos: 0 };
  const common = { source: "bulkhead", scored: true, timestamp };
  const owner = {
    apiVersion: apiVersionOf(request.kind),
    kind: request.kind.kind,
    name: reported.name,
    uid: reported.uid,
  };
  return {
    metadata: {
      name: reportName(reported),
      namespace: reported.namespace,
      labels: { [MANAGED_BY.label]: MANAGED_BY.value },
      annotations: {
        [reportAnnotations.policy]: policy,
        ...(environment === undefined ? {} : { [reportAnnotations.environment]: clipped(environment) }),
        ...(left === 0 ? {} : { [reportAnnotations.leftOut]: String(left) }),
      },
      ownerReferences: [owner],
    },
    scope: { ...owner, namespace: reported.namespace },
    summary,
    results: results.map((result) => ({ ...result, ...common })),
  };
}

type Result = "pass" | "fail" | "warn" | "error";

function passed({ request }: Decision) {
  const message = `nothing of ${request.kind.kind} ${request.namespace ?? ""} is against the policy`;
  return {
    policy: "bulkhead",
    rule: "admission",
    category: "admission",
    result: "pass" as Result,
    message: clipped(message),
  };
}

function resultOf({ check, verdict, action, field, image, message, fix, place, evaluation }: Outcome) {
  const severity = severityOf(evaluation.findings.map((finding) => finding.severity));
  // What could not be found out is no failure of the object; `warn` is what dashboards show as not refused.
  const result: Result = verdict === "unknown" ? "error" : action === "warn" ? "warn" : "fail";
  const properties = { action, ...stated({ field, image, fix, place }) };
  return {
    policy: "bulkhead",
    rule: check,
    category: check.split("/")[0] ?? "",
    ...(severity === undefined ? {} : { severity }),
    result,
    message: clipped(message),
    properties,
  };
}

function stated(all: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, clipped(value)]])),
  );
}

/** The worst, in the words of both forms; undefined where none is rated. */
function severityOf(all: readonly Outcome["evaluation"]["findings"][number]["severity"][]): string | undefined {
  const worst = least(all.map(severityRank), severities.length);
  const severity = severities[worst];
  return severity === "negligible" ? "info" : severity;
}

function clipped(text: string): string {
  const shown = printable(text.slice(0, bounds.messageCharacters));
  return text.length > bounds.messageCharacters ? `${shown}…` : shown;
}

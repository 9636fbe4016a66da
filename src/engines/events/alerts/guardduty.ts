/**
 * Findings of Amazon GuardDuty: as EventBridge delivers them, as they are exported to S3, and as its API gives them
 * (`get-findings`), whose names begin with capitals. Runtime findings of EKS, ECS and EC2 name processes and containers;
 * any other finding is an alert about what it names.
 */
import { type RatedSeverity, severityOfScore } from "../../../core/severity.ts";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";
import { subjectOf } from "../detect/subject.ts";
import type { Alert, AlertProcess, AlertSubject } from "../model.ts";
import { type Detector, orUnread, type Reading } from "./model.ts";
import {
  containerOf,
  countAt,
  fieldsOf,
  kindOf,
  known,
  listAt,
  namesUpward,
  objectAt,
  priorityOf,
  textAt,
  timeAt,
} from "./values.ts";

export const guardDuty: Detector = {
  name: "guardduty",
  isOwn: (document) =>
    document.source === "aws.guardduty" ||
    isList(document.Findings) ||
    (typeof document.schemaVersion === "string" && isFinding(document)) ||
    (typeof document.SchemaVersion === "string" && typeof document.Type === "string" && isObject(document.Service)),
  read(document) {
    if (document.source === "aws.guardduty") return ofBus(document);
    if (!isList(document.Findings)) return ofFinding(lowered(document, 0));
    if (document.Findings.length === 0) return [{ passed: "empty list" }];
    return document.Findings.flatMap((finding) => orUnread(ofFinding(lowered(finding, 0)), "guardduty"));
  },
};

function isList(value: unknown): value is readonly unknown[] {
  // AWS Security Hub's findings are listed under the same name, and have no service of a detector.
  return Array.isArray(value) && value.every((each) => isObject(each) && isObject(each.Service));
}

function isFinding({ type, service, resource }: Untyped): boolean {
  return typeof type === "string" && isObject(service) && isObject(resource);
}

/** Names as EventBridge has them, whose first letter is small. */
function lowered(value: unknown, depth: number): Untyped {
  return lower(value, depth) as Untyped;
}

function lower(value: unknown, depth: number): unknown {
  if (depth > 20) return undefined;
  if (Array.isArray(value)) return value.map((each) => lower(each, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      lower(inner, depth + 1),
    ]),
  );
}

function ofBus(document: Untyped): readonly Reading[] {
  const kind = textAt(document, "detail-type") ?? "";
  const detail = objectAt(document, "detail");
  if (kind === "GuardDuty Finding" && detail !== undefined && isFinding(detail)) return ofFinding(lowered(detail, 0));
  if (/Unhealthy$/.test(kind))
    return [{ lost: "not seen: GuardDuty says that an agent of its is unhealthy", count: 1 }];
  return kind === "" || kind === "GuardDuty Finding" ? [] : [{ passed: kind }];
}

function ofFinding(finding: Untyped): readonly Reading[] {
  const rule = textAt(finding, "type");
  const last = timeAt(finding, "service", "eventLastSeen") ?? timeAt(finding, "updatedAt");
  const score = valueAt(finding, ["severity"]);
  if (rule === undefined || last === undefined || typeof score !== "number") return [];
  const began = timeAt(finding, "service", "eventFirstSeen") ?? timeAt(finding, "createdAt");
  const first = began === undefined || began > last ? last : began;
  // Its scale is that of CVSS since it has critical findings (9 and above).
  const severity: RatedSeverity = severityOfScore(score);
  const process = processOf(finding);
  const fields = fieldsOf(valuesOf(finding));
  const alert: Alert = {
    rule,
    detector: "guardduty",
    priority: priorityOf(severity),
    severity,
    source: "other",
    tags: valueAt(finding, ["service", "archived"]) === true ? ["archived"] : [],
    output: textAt(finding, "title") ?? textAt(finding, "description") ?? rule,
    fields,
    count: Math.max(1, countAt(finding, "service", "count") ?? 1),
    first,
    last,
    about: aboutOf(finding),
    subject: textAt(finding, "id") ?? subjectOf(fields, process?.commandLine),
    ...known({ description: textAt(finding, "description"), process }),
  };
  return [{ alert }];
}

function valuesOf(finding: Untyped): Untyped {
  const context = objectAt(finding, "service", "runtimeDetails", "context") ?? {};
  return {
    "aws.account": valueAt(finding, ["accountId"]),
    "aws.region": valueAt(finding, ["region"]),
    "aws.arn": valueAt(finding, ["arn"]),
    "kubernetes.user": valueAt(finding, ["resource", "kubernetesDetails", "kubernetesUserDetails", "username"]),
    "process.sha256": valueAt(finding, ["service", "runtimeDetails", "process", "executableSha256"]),
    ...Object.fromEntries(Object.entries(context).map(([name, value]) => [`context.${name}`, value])),
  };
}

function processOf(finding: Untyped): AlertProcess | undefined {
  const process = objectAt(finding, "service", "runtimeDetails", "process");
  const name = textAt(process, "name");
  if (process === undefined || name === undefined) return undefined;
  const path = textAt(process, "executablePath");
  const command = textAt(finding, "service", "runtimeDetails", "context", "commandLineExample");
  const lineage = listAt(process, "lineage").flatMap((each) => {
    const id = textAt(each, "uuid");
    const its = textAt(each, "name");
    return id === undefined || its === undefined
      ? []
      : [[id, { name: its, parent: textAt(each, "parentUuid") }] as const];
  });
  return {
    pid: countAt(process, "pid") ?? 0,
    name,
    commandLine: command ?? path ?? name,
    ancestors: namesUpward(textAt(process, "parentUuid"), new Map(lineage)),
    ...known({ path, user: textAt(process, "user"), uid: countAt(process, "userId") }),
  };
}

function aboutOf(finding: Untyped): AlertSubject {
  const resource = objectAt(finding, "resource");
  const workload = objectAt(resource, "kubernetesDetails", "kubernetesWorkloadDetails");
  const task = objectAt(resource, "ecsClusterDetails", "taskDetails");
  const container =
    listAt(workload, "containers")[0] ?? listAt(task, "containers")[0] ?? objectAt(resource, "containerDetails");
  const instance = textAt(resource, "instanceDetails", "instanceId");
  return known({
    host: instance,
    container: containerOf(textAt(container, "id"), {
      name: textAt(container, "name"),
      image: textAt(container, "image"),
    }),
    pod: podOf(workload),
    other:
      textAt(task, "arn") ??
      textAt(resource, "eksClusterDetails", "arn") ??
      (instance === undefined ? textAt(finding, "arn") : undefined),
  });
}

/** GuardDuty names a pod, or what makes the pods; of a Deployment's pod it names one of the two. */
function podOf(workload: Untyped | undefined): AlertSubject["pod"] {
  const name = textAt(workload, "name");
  const namespace = textAt(workload, "namespace");
  if (name === undefined || namespace === undefined) return undefined;
  const kind = kindOf(textAt(workload, "type") ?? "pods");
  if (kind === "Pod") return { namespace, name, ...known({ uid: textAt(workload, "uid") }) };
  return { namespace, name, owner: { kind, name } };
}

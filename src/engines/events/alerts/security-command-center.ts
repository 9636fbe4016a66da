/**
 * Findings of Google's Security Command Center, of Container Threat Detection above all: as its notifications in Pub/Sub have
 * them (`finding` and `resource`), as its API and `gcloud scc findings list` list them.
 */
import type { RatedSeverity } from "../../../core/severity.ts";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";
import { subjectOf } from "../detect/subject.ts";
import type { Alert, AlertProcess, AlertSubject } from "../model.ts";
import { type Detector, orUnread, type Reading } from "./model.ts";
import {
  containerOf,
  countAt,
  fieldsOf,
  known,
  listAt,
  namesUpward,
  objectAt,
  priorityOf,
  textAt,
  textsAt,
  timeAt,
} from "./values.ts";

const SEVERITIES: Readonly<Record<string, RatedSeverity>> = {
  CRITICAL: "critical",
  HIGH: "high",
  MEDIUM: "medium",
  LOW: "low",
};

export const securityCommandCenter: Detector = {
  name: "security-command-center",
  isOwn: (document) => Array.isArray(document.listFindingsResults) || findingOf(document) !== undefined,
  read({ listFindingsResults: results, ...document }) {
    if (!Array.isArray(results)) return ofResult(document);
    if (results.length === 0) return [{ passed: "empty list" }];
    return results.flatMap((each) => orUnread(ofResult(each), "security-command-center"));
  },
};

/** In a notification, in the examples of its documentation, by itself. */
function findingOf(document: Untyped): Untyped | undefined {
  const candidates = [document.finding, document.findings, document].filter(isObject);
  return candidates.find(
    ({ category, name, eventTime }) =>
      typeof category === "string" && typeof eventTime === "string" && /\/findings\//.test(String(name)),
  );
}

function ofResult(result: unknown): readonly Reading[] {
  if (!isObject(result)) return [];
  const finding = findingOf(result);
  const rule = textAt(finding, "category");
  const time = timeAt(finding, "eventTime");
  if (finding === undefined || rule === undefined || time === undefined) return [];
  const kind = textAt(finding, "findingClass") ?? "THREAT";
  // Vulnerabilities and misconfigurations are found elsewhere, and nothing happened.
  if (kind !== "THREAT") return [{ passed: kind }];
  // Threats have a severity; a new word for one must not hide the finding.
  const severity = SEVERITIES[textAt(finding, "severity") ?? ""] ?? "medium";
  const process = processOf(finding);
  const fields = fieldsOf({
    "finding.name": finding.name,
    "finding.resource": finding.resourceName,
    "access.principal": valueAt(finding, ["access", "principalEmail"]),
    "access.method": valueAt(finding, ["access", "methodName"]),
    ...objectAt(finding, "sourceProperties"),
  });
  const alert: Alert = {
    rule,
    detector: "security-command-center",
    priority: priorityOf(severity),
    severity,
    source: "other",
    tags: tagsOf(finding),
    output: textAt(finding, "description") ?? rule,
    fields,
    count: 1,
    first: time,
    last: time,
    about: aboutOf(finding, result),
    subject: process === undefined ? (textAt(finding, "name") ?? "") : subjectOf({}, process.commandLine),
    ...known({ process, fix: textAt(finding, "nextSteps") }),
  };
  return [{ alert }];
}

function tagsOf(finding: Untyped): string[] {
  const tags = [
    textAt(finding, "mitreAttack", "primaryTactic"),
    ...textsAt(finding, "mitreAttack", "primaryTechniques"),
  ];
  if (textAt(finding, "state") === "INACTIVE") tags.push("inactive");
  if (textAt(finding, "mute") === "MUTED") tags.push("muted");
  return tags.filter((tag) => tag !== undefined);
}

function processOf(finding: Untyped): AlertProcess | undefined {
  const [process] = listAt(finding, "processes");
  const properties = objectAt(finding, "sourceProperties");
  const path = textAt(process, "binary", "path") ?? textAt(properties, "Process_Binary_Fullpath");
  const name = textAt(process, "name") ?? path?.slice(path.lastIndexOf("/") + 1);
  if (name === undefined) return undefined;
  const words = textsAt(process, "args");
  // The first word is the program itself where the detector had the whole command line.
  const [first] = words;
  const isWhole = first !== undefined && (first === path || first === name || first.endsWith(`/${name}`));
  const commandLine = [...(isWhole ? [] : [path ?? name]), ...words].join(" ");
  const others = listAt(finding, "processes").flatMap((each) => {
    const id = countAt(each, "pid");
    const its = textAt(each, "name") ?? textAt(each, "binary", "path");
    return id === undefined || its === undefined
      ? []
      : [[id, { name: its, parent: countAt(each, "parentPid") }] as const];
  });
  return {
    pid: countAt(process, "pid") ?? countAt(properties, "Process_Identifier") ?? 0,
    name,
    commandLine,
    ancestors: namesUpward(countAt(process, "parentPid"), new Map(others)),
    ...known({ path, uid: countAt(process, "userId") }),
  };
}

function aboutOf(finding: Untyped, result: Untyped): AlertSubject {
  const properties = objectAt(finding, "sourceProperties");
  const pod = objectAt(finding, "kubernetes", "pods", 0);
  const container = listAt(pod, "containers")[0] ?? listAt(finding, "containers")[0];
  const namespace = textAt(pod, "ns") ?? textAt(properties, "Pod_Namespace");
  const name = textAt(pod, "name") ?? textAt(properties, "Pod_Name");
  const node = textAt(finding, "kubernetes", "nodes", 0, "name");
  return known({
    host: textAt(properties, "VM_Instance_Name") ?? node?.slice(node.lastIndexOf("/") + 1),
    container: containerOf(textAt(properties, "Container_Id") ?? textAt(container, "containerId"), {
      name: textAt(container, "name") ?? textAt(properties, "Container_Name"),
      image: textAt(container, "uri") ?? textAt(properties, "Container_Image_Uri"),
      imageId: textAt(container, "imageId") ?? textAt(properties, "Container_Image_Id"),
    }),
    pod: namespace === undefined || name === undefined ? undefined : { namespace, name },
    other: textAt(finding, "resourceName") ?? textAt(result, "resource", "name"),
  });
}

/** Falco's alerts as its JSON output writes them (`json_output: true`), and falcosidekick after it. */
import type { Untyped } from "../../../core/untyped.ts";
import { subjectOf } from "../detect/subject.ts";
import { type Alert, type AlertProcess, type AlertSubject, eventSources, type Priority, priorities } from "../model.ts";
import { severityOfPriority } from "../severity.ts";
import type { Detector, Reading } from "./model.ts";
import { containerOf, countAt, fieldsOf, known, objectAt, textAt, textsAt, timeAt } from "./values.ts";

type Fields = Readonly<Record<string, string | null>>;

/** What stands before the rule's own text: `14:03:22.123456789: Warning `, or the time as ISO 8601 has it. */
const PREFIX = /^[\dT:.+Z-]{8,40}: (?:Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) /;

export const falco: Detector = {
  name: "falco",
  isOwn: ({ rule, priority, output, output_fields }) =>
    typeof rule === "string" &&
    typeof priority === "string" &&
    (typeof output === "string" || output_fields !== undefined),
  read,
};

function read(document: Untyped): readonly Reading[] {
  const rule = textAt(document, "rule");
  const priority = priorityNamed(textAt(document, "priority"));
  const time = timeAt(document, "time");
  if (rule === undefined || priority === undefined || time === undefined) return [];
  const fields = fieldsOf(objectAt(document, "output_fields") ?? {});
  if (rule.startsWith("Falco internal: ")) return [internal(rule, document)];
  const source =
    eventSources.find((each) => each === document.source) ?? (document.source === undefined ? "syscall" : "other");
  const process = processOf(fields);
  const alert: Alert = {
    rule,
    detector: "falco",
    priority,
    severity: severityOfPriority(priority),
    source,
    tags: textsAt(document, "tags"),
    output: (textAt(document, "output") ?? rule).replace(PREFIX, ""),
    fields,
    count: 1,
    first: time,
    last: time,
    about: aboutOf(fields, textAt(document, "hostname")),
    subject: subjectOf(fields, process?.commandLine),
    ...(process === undefined ? {} : { process }),
  };
  return [{ alert }];
}

function priorityNamed(text: string | undefined): Priority | undefined {
  const upper = text?.toUpperCase();
  return upper === "INFO" ? "INFORMATIONAL" : priorities.find((each) => each === upper);
}

/** Falco says by alerts of its own that it lost events, or how it does. */
function internal(rule: string, document: Untyped): Reading {
  const dropped = countAt(document, "output_fields", "n_drops");
  if (rule.includes("drop")) return { lost: "dropped by Falco", count: Math.max(1, dropped ?? 1) };
  return { passed: rule };
}

function aboutOf(fields: Fields, hostname: string | undefined): AlertSubject {
  const of = (name: string) => present(fields[name]);
  const repository = of("container.image.repository");
  const tag = of("container.image.tag");
  const digest = of("container.image.digest");
  const image = of("container.image") ?? (tag === undefined ? repository : `${repository}:${tag}`);
  const container = containerOf(of("container.id"), {
    name: of("container.name"),
    image,
    imageId: digest === undefined ? of("container.image.id") : `@${digest}`,
  });
  const namespace = of("k8s.ns.name");
  const pod = of("k8s.pod.name");
  const resource = of("ka.target.resource");
  return known({
    host: hostname ?? of("evt.hostname"),
    container,
    pod:
      namespace === undefined || pod === undefined
        ? undefined
        : { namespace, name: pod, ...known({ uid: of("k8s.pod.uid") }) },
    object:
      resource === undefined
        ? undefined
        : { resource, ...known({ namespace: of("ka.target.namespace"), name: of("ka.target.name") }) },
  });
}

function processOf(fields: Fields): AlertProcess | undefined {
  const of = (name: string) => present(fields[name]);
  const name = of("proc.name");
  const commandLine = of("proc.cmdline");
  if (name === undefined && commandLine === undefined) return undefined;
  const ancestors = [of("proc.pname")];
  for (let level = 2; level <= 8; level += 1) ancestors.push(of(`proc.aname[${level}]`));
  const gap = ancestors.indexOf(undefined);
  return {
    pid: countAt(fields, "proc.pid") ?? 0,
    name: name ?? (commandLine as string).split(" ", 1)[0] ?? "",
    commandLine: commandLine ?? (name as string),
    ancestors: ancestors.slice(0, gap < 0 ? undefined : gap) as string[],
    ...known({ path: of("proc.exepath"), user: of("user.name"), uid: countAt(fields, "user.uid") }),
  };
}

function present(text: string | null | undefined): string | undefined {
  return text === null || text === "" || text === "<NA>" ? undefined : text;
}

/** Detection in a stream of audit events of an API server. */
import { valueAt } from "../../../core/untyped.ts";
import { contentFields, lacksContent } from "../audit/content.ts";
import type { AuditEvent } from "../audit/model.ts";
import type { AuditSink } from "../audit/read.ts";
import { plainKey, textOf } from "../correlate/keys.ts";
import { compileRules } from "../falco/compile/compile.ts";
import { auditSubject, auditVocabulary } from "../falco/compile/sources.ts";
import { fieldsOf } from "../fields/sources.ts";
import type { AlertSubject, EventsRead } from "../model.ts";
import { cut } from "./about.ts";
import { alertOf } from "./alert.ts";
import { readerOf } from "./fields.ts";
import { createMatches } from "./matches.ts";
import { planRules } from "./plan.ts";
import { readings } from "./readings.ts";
import { rendererOf } from "./render.ts";
import type { DetectionOptions, RuleChoice } from "./syscalls.ts";

export interface AuditDetection {
  readonly sink: AuditSink;
  readonly rules: number;
  read(): EventsRead;
}

const NO_CONTENT = "logged without what was asked for (audit level Metadata)";

/** The rules of a choice, compiled, for several streams. */
export type PreparedAuditRules = ReturnType<typeof prepareAuditRules>;

export function prepareAuditRules({ rules, matching, wanted }: RuleChoice) {
  const fields = fieldsOf("k8s_audit");
  const plan = planRules(rules.rules, { source: "k8s_audit", matching, wanted, conditionOf: rules.conditionOf });
  const { another, fields: asked } = compileRules(plan.rules, {
    ...auditVocabulary(fields),
    subject: auditSubject,
    matching: plan.matching,
    render: rendererOf(fields),
  });
  return { plan, another, asksContent: asked.some(({ field }) => contentFields.test(field.name)) };
}

/**
 * @param prepared - of the same choice, where several streams are read
 * @throws Error in one sentence where a sequence or threshold asks for a field that there is not, or for processes
 */
export function createAuditDetection(
  options: Omit<DetectionOptions, "hostname">,
  prepared: PreparedAuditRules = prepareAuditRules(options),
): AuditDetection {
  const { matching, onAlert } = options;
  const { plan, asksContent } = prepared;
  const detector = prepared.another();
  const field = readerOf(fieldsOf("k8s_audit"));
  const matches = createMatches(
    detector,
    plan,
    matching,
    {
      timeOf: ({ seconds, nanoseconds }: AuditEvent) => seconds * 1000 + nanoseconds / 1_000_000,
      keyOf: (by) => plainKey(by, field, "ka.user.name"),
      field,
      textOf,
      describe: ({ json }) => requestText(json),
    },
    (rule, event, after) => {
      const alert = alertOf(rule, event, { object: objectOf(event) }, { after });
      // Whatever the output names, the request is what tells it from others.
      onAlert({ ...alert, subject: cut(`${requestText(event.json)} ${alert.subject}`.trim()) });
    },
  );
  const counts = readings();
  return {
    sink: {
      event(event) {
        counts.event(event.seconds, event.nanoseconds);
        counts.evaluated();
        if (asksContent && lacksContent(event)) counts.lost(NO_CONTENT, 1);
        matches.evaluate(event);
      },
      lost: (reason, count) => counts.lost(reason, count),
    },
    rules: detector.rules.length,
    read: () => counts.read(matches.evicted > 0 ? { "correlation keys": matches.evicted } : {}),
  };
}

/** `alice@example.com create pods/exec shop/api-7f9c`. */
function requestText(json: AuditEvent["json"]): string {
  const text = (...path: string[]) => {
    const value = valueAt(json, path);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const subresource = text("objectRef", "subresource");
  const resource = text("objectRef", "resource");
  const object = [text("objectRef", "namespace"), text("objectRef", "name")].filter((part) => part !== undefined);
  const target =
    resource === undefined ? text("requestURI") : `${resource}${subresource === undefined ? "" : `/${subresource}`}`;
  return cut(
    [text("user", "username"), text("verb"), target, object.length === 0 ? undefined : object.join("/")]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}

function objectOf({ json }: AuditEvent): NonNullable<AlertSubject["object"]> {
  const text = (name: string) => {
    const value = valueAt(json, ["objectRef", name]);
    return typeof value === "string" && value !== "" ? cut(value) : undefined;
  };
  const namespace = text("namespace");
  const name = text("name");
  return {
    resource: text("resource") ?? "requests",
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

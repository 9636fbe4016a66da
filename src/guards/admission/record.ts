/**
 * A request with what was decided of it, as one line of JSON: what `serve --record` writes and `admission replay` reads. The
 * request stands there as an AdmissionReview, so that `admission test` takes it too.
 */
import type { Action } from "../../core/enforcement.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { Decision, Outcome, Webhook } from "./model.ts";

/** Raised whenever an older reader would misread it. */
export const RECORD_VERSION = 1;

export interface Recorded {
  readonly version: typeof RECORD_VERSION;
  /** RFC 3339, UTC: as of when it was decided. */
  readonly time: string;
  readonly webhook: Webhook;
  /** admission.k8s.io/v1, without values of variables. */
  readonly review: Readonly<Record<string, unknown>>;
  /** How many values were replaced: what looks at them decides otherwise. */
  readonly redacted: number;
  readonly decision: RecordedDecision;
}

export interface RecordedDecision {
  readonly allowed: boolean;
  readonly basis: Decision["basis"];
  readonly reason: string;
  /** Of the policies that were in force. */
  readonly policy: string;
  readonly environment?: string;
  /** Worst first. */
  readonly outcomes: readonly RecordedOutcome[];
}

export interface RecordedOutcome extends Omit<Outcome, "evaluation" | "fix"> {}

/** In place of a value. */
export const REDACTED = "[redacted]";

/** `kubectl apply` repeats there all that it applied. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Without a line break. */
export function recordLine(decision: Decision, asked: { readonly webhook: Webhook; readonly now: Date }): string {
  let redacted = 0;
  const hide = (value: unknown): unknown => {
    redacted++;
    return typeof value === "string" ? REDACTED : null;
  };
  const record: Recorded = {
    version: RECORD_VERSION,
    time: asked.now.toISOString(),
    webhook: asked.webhook,
    review: reviewOf(decision.request, (object) => withoutValues(object, hide)),
    redacted,
    decision: recordedDecision(decision),
  };
  // Known only once the review was walked.
  return JSON.stringify({ ...record, redacted });
}

export function recordedDecision({ answer, basis, reason, policy, environment, outcomes }: Decision): RecordedDecision {
  return {
    allowed: answer.allowed,
    basis,
    reason,
    policy,
    ...(environment === undefined ? {} : { environment }),
    outcomes: outcomes.map(({ evaluation: _, fix: __, ...outcome }) => outcome),
  };
}

/** The AdmissionReview that a request is of. */
export function reviewOf(
  request: AdmissionRequest,
  written: (object: unknown) => unknown = (object) => object,
): Readonly<Record<string, unknown>> {
  const { user, object, oldObject, ...rest } = request;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      ...rest,
      userInfo: user,
      ...(object === undefined ? {} : { object: written(object) }),
      ...(oldObject === undefined ? {} : { oldObject: written(oldObject) }),
    },
  };
}

/** Values of environment variables, of Secrets and ConfigMaps, and of annotations that repeat the object. */
function withoutValues(object: unknown, hide: (value: unknown) => unknown): unknown {
  const kind = isObject(object) ? object.kind : undefined;
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      return value.map((item) =>
        key === "env" && isObject(item) && typeof item.value === "string" && item.value !== ""
          ? { ...(walk(item, "") as object), value: hide(item.value) }
          : walk(item, ""),
      );
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name === LAST_APPLIED || (key === "data" && HOLDS_VALUES.has(String(kind))) ? hide(inner) : walk(inner, name),
      ]),
    );
  };
  if (!isObject(object)) return object;
  return Object.fromEntries(
    Object.entries(object).map(([name, inner]) => [
      name,
      walk(inner, name === "stringData" || name === "binaryData" ? "data" : name),
    ]),
  );
}

const HOLDS_VALUES: ReadonlySet<string> = new Set(["Secret", "ConfigMap"]);

/**
 * @param place - file and line, for the Problem
 * @throws Problem `admission.record` where the line is no record of this version
 */
export function parseRecord(line: string, place: string): Recorded {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    throw refused(place, "not JSON");
  }
  if (!isObject(value)) throw refused(place, "expected an object");
  if (value.version !== RECORD_VERSION) {
    const remedy = `records of version ${RECORD_VERSION} are written by \`bulkhead admission serve --record\``;
    throw refused(place, `version ${JSON.stringify(value.version) ?? "is missing"}`.slice(0, 80), remedy);
  }
  const { time, webhook, review, redacted, decision } = value;
  if (typeof time !== "string" || Number.isNaN(Date.parse(time))) throw refused(place, "time: not a time");
  if (webhook !== "mutate" && webhook !== "validate") throw refused(place, "webhook: neither mutate nor validate");
  if (!isObject(review)) throw refused(place, "review: expected an object");
  return {
    version: RECORD_VERSION,
    time,
    webhook,
    review,
    redacted: typeof redacted === "number" ? redacted : 0,
    decision: parseDecision(decision, place),
  };
}

function parseDecision(value: unknown, place: string): RecordedDecision {
  if (!isObject(value) || typeof value.allowed !== "boolean" || !Array.isArray(value.outcomes)) {
    throw refused(place, "decision: expected allowed and outcomes");
  }
  const { allowed, basis, reason, policy, environment, outcomes } = value;
  if (!BASES.has(String(basis))) throw refused(place, "decision.basis: unknown");
  return {
    allowed,
    basis: basis as Decision["basis"],
    reason: textOf(reason),
    policy: textOf(policy),
    ...(typeof environment === "string" ? { environment } : {}),
    outcomes: outcomes.map((outcome: unknown) => parseOutcome(outcome, place)),
  };
}

const BASES: ReadonlySet<string> = new Set(["judged", "exempt", "break-glass", "unread"]);
const ACTIONS: ReadonlySet<string> = new Set(["audit", "warn", "deny"]);

function parseOutcome(value: unknown, place: string): RecordedOutcome {
  if (!isObject(value) || typeof value.check !== "string") throw refused(place, "decision.outcomes: no check");
  const { check, verdict, action, field, image, message, place: stated } = value;
  if (verdict !== "fail" && verdict !== "unknown") throw refused(place, "decision.outcomes: unknown verdict");
  if (!ACTIONS.has(String(action))) throw refused(place, "decision.outcomes: unknown action");
  return {
    check,
    verdict,
    action: action as Action,
    message: textOf(message),
    ...(typeof field === "string" ? { field } : {}),
    ...(typeof image === "string" ? { image } : {}),
    ...(typeof stated === "string" ? { place: stated } : {}),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function refused(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "input",
    code: "admission.record",
    place,
    cause: `no recorded request: ${cause}`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

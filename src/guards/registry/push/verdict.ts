/** What is wrong with a push or a delete, and what the policy makes of it. */

import { counted } from "../../../core/counted.ts";
import { actions } from "../../../core/enforcement.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import type { Decision, Outcome, Refusal, RegistryPolicy } from "../model.ts";

/** One thing that does not pass. */
export interface Fault {
  readonly check: PushCheck;
  readonly verdict: "fail" | "unknown";
  /** One line that names what it is about, without a full stop. */
  readonly message: string;
  readonly fix?: string;
  /** Absent: 403 `DENIED`, whose message every client prints. */
  readonly answer?: Pick<Refusal, "status" | "code">;
}

/** Names of what pushes and deletes are held against; `enforcement.registry.push.checks` takes them. */
export type PushCheck =
  | "registry/immutable-tag-moved"
  | "registry/repository-not-pushed"
  | "registry/media-type-not-allowed"
  | "registry/content-too-large"
  | "registry/delete-not-allowed";

/** Which key of the policy says so. */
export const keysOfChecks = {
  "registry/immutable-tag-moved": "registry.immutableTags",
  "registry/repository-not-pushed": "registry.push.repositories",
  "registry/media-type-not-allowed": "registry.push.mediaTypes",
  "registry/content-too-large": "registry.push.maxImageBytes",
  "registry/delete-not-allowed": "registry.deletes",
} as const satisfies Readonly<Record<PushCheck, string>>;

/** What a decision is about. */
export interface Subject {
  readonly repository: string;
  /** A tag, a digest, or what else was named. */
  readonly reference?: string;
  readonly now: Date;
}

export function actionOf(fault: Fault, policy: RegistryPolicy, subject: Subject): Outcome["action"] {
  return policy.pushAction(evaluationOf(fault, subject));
}

export function decide(faults: readonly Fault[], policy: RegistryPolicy, subject: Subject): Decision {
  const judged = faults
    .map((fault) => ({ fault, outcome: outcomeOf(fault, policy, subject) }))
    .sort((a, b) => rankOf(a.outcome) - rankOf(b.outcome));
  const outcomes = judged.map(({ outcome }) => outcome);
  const [worst] = judged;
  const warnings = outcomes.filter(({ action }) => action === "warn").map(textOf);
  if (worst === undefined) return { action: "allow", basis: "policy", reason: "permitted", outcomes, warnings };
  if (worst.outcome.action !== "deny") {
    return { action: "allow", basis: "dry-run", reason: worst.outcome.message, outcomes, warnings };
  }
  const denied = outcomes.filter(({ action }) => action === "deny");
  const refusal: Refusal = {
    status: 403,
    code: "DENIED",
    ...worst.fault.answer,
    message: `${textOf(worst.outcome)}${othersOf(denied)}`,
    detail: { checks: denied.map(({ check, verdict, message, place }) => ({ check, verdict, message, place })) },
  };
  return { action: "refuse", basis: "policy", reason: worst.outcome.message, outcomes, refusal, warnings: [] };
}

/** What no policy is asked about: what nobody could read, or that is not to be had here at all. */
export function refuse(basis: string, refusal: Refusal): Decision & { readonly action: "refuse" } {
  return { action: "refuse", basis, reason: refusal.message, outcomes: [], warnings: [], refusal };
}

function outcomeOf(fault: Fault, policy: RegistryPolicy, subject: Subject): Outcome {
  const evaluation = evaluationOf(fault, subject);
  const place = policy.placeOf(evaluation);
  const { check, verdict, message, fix } = fault;
  return {
    check,
    verdict,
    action: policy.pushAction(evaluation),
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(place === undefined ? {} : { place }),
  };
}

/** Hardest first, and what is known before what is not. */
function rankOf({ action, verdict }: Outcome): number {
  return 2 * (actions.length - actions.indexOf(action)) + Number(verdict === "unknown");
}

function textOf({ message, place, fix }: Outcome): string {
  return `${message}${place === undefined ? "" : ` (${place})`}${fix === undefined ? "" : `; fix: ${fix}`}`;
}

function othersOf([, ...others]: readonly Outcome[]): string {
  if (others.length === 0) return "";
  const checks = [...new Set(others.map(({ check }) => check))].join(", ");
  return `; ${counted(others.length, "more reason")} (${checks})`;
}

function evaluationOf({ check, verdict, message }: Fault, { repository, reference, now }: Subject): Evaluation {
  const name = reference === undefined ? repository : `${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
  return {
    check,
    asset: { kind: "image", id: name, identifiedBy: "reference", lineage: repository, name, references: [] },
    verdict,
    reason: message,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: verdict === "fail" ? [] : [{ code: "registry.push-unknown", reason: message }],
    observedAt: now.toISOString(),
  };
}

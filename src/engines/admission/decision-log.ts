/**
 * The admission guard's decision log, read: what `bulkhead admission serve` writes, one JSON object a line
 * (docs/admission-serve.md, "Log"). Texts may be an attacker's; whoever shows one escapes it.
 */
import { type Action, actions } from "../../core/enforcement.ts";
import { isObject } from "../../core/untyped.ts";

export interface AdmissionDecision {
  /** ISO 8601. */
  readonly time: string;
  readonly webhook: "mutate" | "validate";
  readonly allowed: boolean;
  readonly basis: "judged" | "exempt" | "break-glass" | "unread";
  readonly reason: string;
  readonly operation: string;
  /** `apps/v1/Deployment` */
  readonly kind: string;
  readonly namespace?: string;
  /** Absent: it was still to be generated. */
  readonly name?: string;
  readonly user: string;
  readonly dryRun: boolean;
  /** Digest of the policies that were in force. */
  readonly policy: string;
  readonly outcomes: readonly LoggedOutcome[];
  /** Outcomes and images that the line had no room for. */
  readonly leftOut: number;
  readonly images: readonly { readonly reference: string; readonly digest?: string }[];
}

/** A check that did not pass. */
export interface LoggedOutcome {
  readonly check: string;
  readonly verdict: "fail" | "unknown";
  readonly action: Action;
  /** The reference that it is about; absent: the object. */
  readonly image?: string;
  readonly message: string;
  /** `bulkhead.yaml:7` */
  readonly place?: string;
}

const BASES = ["judged", "exempt", "break-glass", "unread"] as const;

/** Undefined for what the guard writes no such line of. */
export function readAdmissionDecision(document: unknown): AdmissionDecision | undefined {
  if (!isObject(document)) return undefined;
  const { time, webhook, allowed, operation, kind, user, policy, namespace, name, dryRun } = document;
  const basis = BASES.find((each) => each === document.basis);
  if (!isTime(time) || typeof allowed !== "boolean" || basis === undefined) return undefined;
  if (webhook !== "mutate" && webhook !== "validate") return undefined;
  if (typeof operation !== "string" || typeof kind !== "string" || typeof user !== "string") return undefined;
  const outcomes = listOf(document.outcomes, readOutcome);
  const images = listOf(document.images, readImage);
  return {
    time,
    webhook,
    allowed,
    basis,
    reason: textOf(document.reason),
    operation,
    kind,
    ...(typeof namespace === "string" ? { namespace } : {}),
    ...(typeof name === "string" ? { name } : {}),
    user,
    dryRun: dryRun === true,
    policy: textOf(policy),
    outcomes: outcomes.read,
    images: images.read,
    // What cannot be read of a line is left out of it as well.
    leftOut: countOf(document.moreOutcomes) + countOf(document.moreImages) + outcomes.unread + images.unread,
  };
}

function readOutcome(value: unknown): LoggedOutcome | undefined {
  if (!isObject(value) || typeof value.check !== "string") return undefined;
  const { check, verdict, image, place } = value;
  const action = actions.find((each) => each === value.action);
  if ((verdict !== "fail" && verdict !== "unknown") || action === undefined) return undefined;
  return {
    check,
    verdict,
    action,
    ...(typeof image === "string" ? { image } : {}),
    message: textOf(value.message),
    ...(typeof place === "string" ? { place } : {}),
  };
}

function readImage(value: unknown): AdmissionDecision["images"][number] | undefined {
  if (!isObject(value) || typeof value.reference !== "string") return undefined;
  const { reference, digest } = value;
  return { reference, ...(typeof digest === "string" ? { digest } : {}) };
}

function listOf<Item>(
  value: unknown,
  read: (item: unknown) => Item | undefined,
): { readonly read: readonly Item[]; readonly unread: number } {
  if (value === undefined) return { read: [], unread: 0 };
  if (!Array.isArray(value)) return { read: [], unread: 1 };
  const found = value.flatMap((item) => read(item) ?? []);
  return { read: found, unread: value.length - found.length };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && value.length <= 64 && !Number.isNaN(Date.parse(value));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function countOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

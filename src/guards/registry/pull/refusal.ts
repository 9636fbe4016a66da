/** What a client is told whose pull is refused: what, why, which line of the policy says so, how to fix it, whom to ask. */
import { printable } from "../../../core/printable.ts";
import type { Outcome, Refusal } from "../model.ts";
import { bounds } from "./bounds.ts";

export interface RefusalContext {
  /** `shop/api:2.0.1`, `shop/api@sha256:…` */
  readonly image: string;
  readonly digest?: string;
  readonly environment?: string;
  /** The policy's own word of where to ask for an exception. */
  readonly askAt?: string;
}

/** Those that are denied are told; one cause once. */
export function refusalOf(
  outcomes: readonly Outcome[],
  { image, digest, environment, askAt }: RefusalContext,
): Refusal {
  const denied = outcomes.filter(({ action }) => action === "deny");
  const [first] = denied;
  const others = denied.length - 1;
  const where = environment === undefined ? "" : ` for ${environment}`;
  const parts = [
    `${image} may not be pulled${where}: ${first === undefined ? "refused by the policy" : reasonText(first)}`,
    ...(others <= 0 ? [] : [`${others} more ${others === 1 ? "reason" : "reasons"}${checksOf(denied.slice(1))}`]),
    ...(askAt === undefined ? [] : [`ask for an exception: ${askAt}`]),
  ];
  return {
    status: 403,
    code: "DENIED",
    message: printable(parts.join("; ")).slice(0, 1_500),
    detail: {
      image,
      ...(digest === undefined ? {} : { digest }),
      ...(environment === undefined ? {} : { environment }),
      reasons: denied.slice(0, bounds.outcomes).map(({ check, verdict, message, fix, place }) => ({
        check,
        verdict,
        message: printable(message),
        ...(fix === undefined ? {} : { fix: printable(fix) }),
        ...(place === undefined ? {} : { policy: place }),
      })),
      ...(denied.length > bounds.outcomes ? { more: denied.length - bounds.outcomes } : {}),
      ...(askAt === undefined ? {} : { askAt }),
    },
  };
}

/** `CVE-2025-7783 in form-data 4.0.0 (bulkhead.yaml:14); fix: upgrade to 4.0.4` */
export function reasonText({ message, fix, place }: Outcome): string {
  const stated = place === undefined ? "" : ` (${place})`;
  return printable(`${message}${stated}${fix === undefined ? "" : `; fix: ${fix}`}`).slice(0, 600);
}

function checksOf(outcomes: readonly Outcome[]): string {
  const checks = [...new Set(outcomes.map(({ check }) => check))];
  return ` (${checks.slice(0, 3).join(", ")}${checks.length > 3 ? ", …" : ""})`;
}

/** The engine is not there, and so there is nothing to serve. */
export function engineRefusal(image: string, cause: string): Refusal {
  return { status: 503, code: "UNAVAILABLE", message: printable(`${image}: ${cause}`).slice(0, 500) };
}

export function missing(image: string): Refusal {
  return { status: 404, code: "MANIFEST_UNKNOWN", message: printable(`${image} is not here`) };
}

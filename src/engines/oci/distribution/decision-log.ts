/**
 * The registry guard's log of decisions, read: what `bulkhead registry serve` writes, one JSON object a line, and what its
 * database keeps of each (docs/registry-serve.md, "Log and audit"). Texts may be an attacker's; whoever shows one escapes it.
 */
import { isObject } from "../../../core/untyped.ts";

export interface RegistryDecision {
  /** ISO 8601. */
  readonly time: string;
  /** `github:shop/shop`; `engine:…` of what went past the guard. */
  readonly principal: string;
  /** `manifest.push`, `manifest.pull`, `bypass`, `reconcile`… */
  readonly operation: string;
  /** Without the registry's host. */
  readonly repository: string;
  /** A tag, or a digest. */
  readonly reference?: string;
  readonly allowed: boolean;
  /** `policy`, `exempt`, `grace`, `break-glass`, `dry-run`, `event`… */
  readonly basis: string;
  readonly reason: string;
  readonly digest?: string;
  /** Ids of checks that did not pass. */
  readonly checks: readonly string[];
}

/** Undefined for what the guard writes no such line of. */
export function readRegistryDecision(document: unknown): RegistryDecision | undefined {
  if (!isObject(document)) return undefined;
  const { time, principal, operation, repository, reference, action, basis, reason, digest, checks } = document;
  if (typeof time !== "string" || time.length > 64 || Number.isNaN(Date.parse(time))) return undefined;
  if (typeof principal !== "string" || typeof operation !== "string" || typeof repository !== "string")
    return undefined;
  if (action !== "allow" && action !== "refuse") return undefined;
  return {
    time,
    principal,
    operation,
    repository,
    ...(typeof reference === "string" ? { reference } : {}),
    allowed: action === "allow",
    basis: typeof basis === "string" ? basis : "",
    reason: typeof reason === "string" ? reason : "",
    ...(typeof digest === "string" ? { digest } : {}),
    checks: Array.isArray(checks) ? checks.filter((check) => typeof check === "string") : [],
  };
}

/** Comments that allow a secret: `bulkhead:allow RULE [until DATE] reason…`, and gitleaks' `gitleaks:allow`. */
import type { SecretAllowance } from "./model.ts";

export const ALLOW_KEYWORDS = ["bulkhead:allow", "gitleaks:allow"] as const;

/** Bytes from the keyword on that are read, up to the end of the line. */
export const ALLOW_LENGTH = 400;

export interface AllowComment extends SecretAllowance {
  /** The rule that it allows; absent: all. */
  readonly rule?: string;
}

const OURS =
  /^bulkhead:allow[ \t]+([a-z0-9][a-z0-9-]{0,100})(?:[ \t]+until[ \t]+(\d{4}-\d\d-\d\d)(?![\w-]))?(?:[ \t]+([^\r\n]{1,300}))?/i;
/** What closes a comment is no part of its reason. */
const CLOSING = /(?:\*\/|-->|--%>|#\})$/;

/**
 * @param text - from the keyword on
 * @returns undefined where `bulkhead:allow` names no rule: it would allow what nobody has looked at
 */
export function parseAllow(text: string): AllowComment | undefined {
  if (/^gitleaks:allow/i.test(text)) return { by: "gitleaks" };
  const [, rule, until, rest] = OURS.exec(text) ?? [];
  if (rule === undefined) return undefined;
  const reason = rest?.trimEnd().replace(CLOSING, "").trim();
  return {
    by: "bulkhead",
    rule: rule.toLowerCase(),
    ...(until === undefined ? {} : { until }),
    ...(reason ? { reason } : {}),
  };
}

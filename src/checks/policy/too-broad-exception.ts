import { type Exception, exceptionScope } from "../../core/exception.ts";
import type { ExceptionInRun } from "../../core/exception-use.ts";
import type { ExceptionLimits } from "../../core/policy.ts";
import type { RatedSeverity } from "../../core/severity.ts";

import type { PolicyCheck } from "../subjects/policy.ts";

const id = "policy/too-broad-exception";
const DAY = 24 * 60 * 60 * 1000;

/** Its asset is the policy file; the limits are the policy's own. */
export const tooBroadException: PolicyCheck<"uses", { readonly limits: ExceptionLimits }> = {
  id,
  title: "Overly broad exceptions",
  layer: "policy",
  category: "configuration",
  controls: [2],
  severity: "varies",
  documentation: {
    what: "Checks whether an exception of the policy accepts more than anybody can have looked at: everything (it names no id and no package, and its path or asset is a pattern that any text matches: high), whatever is found at a path or in an asset (medium), findings of more different vulnerabilities than `exceptionLimits.maxFlaws` (medium), or a risk for more days from today than `exceptionLimits.maxDays` (medium). `exceptionLimits.broad: allow` turns it off.",
    why: "An exception is one decision about one risk. One that names a directory or a whole image also accepts every vulnerability that becomes known there later, which nobody has decided, and one without a near end is never decided again.",
    fix:
      "Name the ids that were looked at, with the package and the path where they are, and a last day on which " +
      "somebody looks again. Write several exceptions where there are several reasons.",
    references: [],
  },
  subject: "policy",
  needs: { uses: "partial" },
  looked: ({ uses }) => ({ "exceptions in force": String(uses.length) }),
  parameters: { limits: ({ exceptionLimits }) => exceptionLimits },
  *evaluate({ limits, uses }, now) {
    if (limits.broad === "allow") return;
    for (const use of uses) {
      const { exception } = use;
      const [worst, ...more] = excesses(use, limits, now);
      if (worst === undefined) continue;
      const { source, owner, reason, expires } = exception;
      yield {
        subject: `too broad exception for ${exceptionScope(exception)}`,
        severity: worst.severity,
        title: `Exception for ${exceptionScope(exception)} ${worst.says}`,
        ...(more.length === 0 ? {} : { detail: `The exception also ${more.map(({ says }) => says).join(", and ")}` }),
        locations: [{ kind: "file", ...source }],
        matches: { ids: [id], path: source.path },
        fix: { kind: "instruction", text: worst.fix },
        evidence: { findings: String(use.findings), flaws: String(use.flaws.length), expires, owner, reason },
      };
    }
  },
};

interface Excess {
  readonly severity: RatedSeverity;
  /** After "The exception". */
  readonly says: string;
  readonly fix: string;
}

/** Worst first. */
function* excesses({ exception, flaws }: ExceptionInRun, limits: ExceptionLimits, now: Date): Iterable<Excess> {
  const scope = scopeExcess(exception);
  if (scope !== undefined) yield scope;
  if (flaws.length > limits.maxFlaws) {
    yield {
      severity: "medium",
      says: `accepts ${flaws.length} different vulnerabilities or findings (limit: ${limits.maxFlaws})`,
      fix: "list the reviewed ids, with one exception per reason",
    };
  }
  const days = (dayOf(exception.expires) - dayOf(now.toISOString())) / DAY + 1;
  if (days > limits.maxDays) {
    yield {
      severity: "medium",
      says: `is valid for ${days} more days (limit: ${limits.maxDays})`,
      fix: `set expires to ${lastDay(now, limits.maxDays)} or before, and review the exception then`,
    };
  }
}

/** With an id or a package there is a flaw or a part that somebody has looked at. */
function scopeExcess({ ids, package: name, path, asset }: Exception): Excess | undefined {
  if (ids.length > 0 || name !== undefined) return undefined;
  const fix = "list the reviewed ids";
  if ((path === undefined || isAnything(path)) && (asset === undefined || isAnything(asset))) {
    return { severity: "high", says: "accepts everything", fix };
  }
  const where = [...(path === undefined ? [] : [`at ${path}`]), ...(asset === undefined ? [] : [`in ${asset}`])].join(
    " ",
  );
  return { severity: "medium", says: `accepts whatever is found ${where}`, fix };
}

/** Patterns without a character of their own: all texts match, or all that have no folder. */
function isAnything(pattern: string): boolean {
  return pattern.includes("*") && [...pattern].every((character) => "*/?".includes(character));
}

/** Milliseconds at the first moment of an ISO 8601 date's day, UTC. */
function dayOf(date: string): number {
  return Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
}

function lastDay(now: Date, days: number): string {
  return new Date(now.getTime() + Math.max(days - 1, 0) * DAY).toISOString().slice(0, 10);
}

/** What an object asks for by its annotations. They give nothing: they only have the API server asked whether somebody may. */
import { printable } from "../../../core/printable.ts";
import { valueAt } from "../../../core/untyped.ts";
import { bounds } from "./bounds.ts";

/** Why, in words for whoever reads the log. */
export const REASON = "admission.bulkhead.dev/break-glass";
/** Until when it is to count: RFC 3339. */
export const UNTIL = "admission.bulkhead.dev/break-glass-until";

export type AskedFor =
  | { readonly reason: string; readonly until: Date }
  /** It asks, and not as it has to. */
  | { readonly fault: string };

const RFC3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Undefined: nothing of it asks. */
export function askedFor(object: unknown, now: Date, hours: number): AskedFor | undefined {
  const reason = valueAt(object, ["metadata", "annotations", REASON]);
  const written = valueAt(object, ["metadata", "annotations", UNTIL]);
  if (reason === undefined && written === undefined) return undefined;
  if (typeof reason !== "string" || reason.trim() === "") return { fault: `${REASON} gives no reason` };
  if (typeof written !== "string" || !RFC3339.test(written) || Number.isNaN(Date.parse(written))) {
    return { fault: `${UNTIL} is no time like 2030-01-31T12:00:00Z` };
  }
  const until = new Date(written);
  if (until <= now) return { fault: `${UNTIL} is over` };
  if (until.getTime() > now.getTime() + hours * 3_600_000)
    return { fault: `${UNTIL} is more than ${hours} hours away` };
  return { reason: clipped(reason.trim()), until };
}

function clipped(text: string): string {
  const shown = printable(text.slice(0, bounds.reasonCharacters));
  return text.length > bounds.reasonCharacters ? `${shown}…` : shown;
}

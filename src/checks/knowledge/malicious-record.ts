/** Which records say of a package that it was made to do harm, as opposed to having a flaw. */
import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";

/** The collection of the Open Source Security Foundation has the ids of its own; other advisories name them as aliases. */
const PREFIX = "MAL-";

export function isMaliciousRecord({ ids, severitySource }: VulnerabilityMatch): boolean {
  return severitySource === "malicious package" || ids.some((id) => id.startsWith(PREFIX));
}

/** The names that it goes by, that of the record first. */
export function maliciousIds({ id, ids }: VulnerabilityMatch): readonly string[] {
  const own = ids.filter((one) => one.startsWith(PREFIX));
  return [...new Set([...own, id, ...ids])];
}

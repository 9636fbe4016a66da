import type { DatabaseUse } from "../../core/basis.ts";
import type { Evidence } from "../../core/evidence.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/** The sources whose advisories cover a scope, each as of the oldest date that it states for it. */
export function databasesOf(matches: Evidence<ScopeMatches>): DatabaseUse[] {
  if (matches.state === "absent") return [];
  const dates = new Map<string, string>();
  for (const { source, asOf } of matches.facts.coverage) {
    const before = dates.get(source);
    if (before === undefined || asOf < before) dates.set(source, asOf);
  }
  return Array.from(dates, ([label, asOf]) => ({ label, asOf }));
}

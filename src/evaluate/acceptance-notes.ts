/** What a report says of accepted unknowns: how many there are and who answers for them, and which acceptance did nothing. */
import { isAccepted, refusalOf, unknownCodes } from "../core/accepted-unknown.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { formatLocation } from "../core/location.ts";
import { nearest } from "../core/nearest.ts";
import type { Policy } from "../core/policy.ts";
import type { AcceptedUnknown } from "../core/unknown-entry.ts";

/** Who accepts how many, one note each; the rest are counted in the last. */
const NAMED = 20;

/** One sentence each. @param context.codes - of `--accept-unknown` */
export function acceptanceNotes(
  evaluations: Iterable<Evaluation>,
  { policy, now, codes }: { readonly policy: Policy; readonly now: Date; readonly codes: readonly string[] },
): string[] {
  const counts = new Map<string, number>();
  const missing = new Set<string>();
  const used = new Set<string>();
  for (const evaluation of evaluations) {
    if (evaluation.verdict !== "unknown") continue;
    const { accepted = [] } = evaluation;
    for (const code of unknownCodes(evaluation)) if (!accepted.some((one) => one.code === code)) missing.add(code);
    for (const one of accepted) if (one.by === "option") used.add(one.code);
    if (!isAccepted(evaluation)) continue;
    const by = [...new Set(accepted.map(acceptedBy))].join("; ");
    counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  const named = [...counts].map(
    ([by, count]) => `${counted(count, "unknown")} accepted, not counted by the exit code: ${by}`,
  );
  const more = named.length - NAMED;
  return [
    ...(more > 0 ? [...named.slice(0, NAMED), `unknowns accepted by ${more} more`] : named),
    ...codes.filter((code) => !used.has(code)).map((code) => unusedNote(code, [...missing].sort())),
    ...policy.unknown.flatMap(({ code, expires, source }) => {
      const refusal = refusalOf({ expires }, { now, maxDays: policy.exceptionLimits.maxDays });
      if (refusal === undefined) return [];
      const place = formatLocation({ kind: "file", ...source });
      return refusal === "expired"
        ? [`${place}: the acceptance of ${code} expired on ${expires} and has no effect`]
        : [
            `${place}: the acceptance of ${code} holds until ${expires}, which exceeds exceptionLimits.maxDays: no effect`,
          ];
    }),
  ];
}

function acceptedBy(accepted: AcceptedUnknown): string {
  switch (accepted.by) {
    case "option":
      return `${accepted.code} by --accept-unknown`;
    case "baseline":
      return `${accepted.code} by the baseline until ${accepted.expires}`;
    case "policy":
      return `${accepted.code} by ${accepted.owner} until ${accepted.expires} (${accepted.reason})`;
  }
}

function unusedNote(code: string, missing: readonly string[]): string {
  const near = nearest(code, missing);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  return `--accept-unknown ${code}: matches no unknown${meant}`;
}

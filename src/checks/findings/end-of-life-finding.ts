/** What is said of a release whose support is over or soon will be, wherever it was met. */
import type { Finding, FindingDraft } from "../../core/finding.ts";
import type { Lifecycle, ReleaseLifecycle } from "../../engines/contents/model.ts";

/** Days before an end from which on it is a finding. */
export const NOTICE_DAYS = 90;

const DAY = 24 * 60 * 60 * 1000;

export const WITHOUT_CONTROL =
  "control 2 counts known vulnerabilities and control 9 pending updates, whether or not a release is still maintained";

/** Undefined where no end is announced, or it is far off. */
export function endOfLifeOf(
  { product, release, extended, newer, source, ends, packages }: ReleaseLifecycle,
  { asOf }: Pick<Lifecycle, "asOf">,
  now: Date,
): (Omit<FindingDraft, "locations" | "matches"> & Pick<Finding, "severity">) | undefined {
  if (ends === undefined) return undefined;
  // The last day belongs to the support.
  const left = Math.ceil((lastMoment(ends) - now.getTime()) / DAY);
  if (left > NOTICE_DAYS) return undefined;
  const over = left <= 0;
  return {
    subject: `${product} ${release}`,
    severity: over ? "high" : "medium",
    title: over
      ? `${product} ${release} has had no security support since ${ends}`
      : `Security support of ${product} ${release} ends on ${ends}`,
    fix: { kind: "instruction", text: fixText(product, newer, now) },
    evidence: {
      release: `${product} ${release}`,
      ends,
      days: over ? `${daysText(1 - left)} ago` : `${daysText(left)} left`,
      ...(extended === undefined || lastMoment(extended.ends) <= now.getTime()
        ? {}
        : { extended: `${extended.name} until ${extended.ends}, for those who have it` }),
      ...(packages.length > 1 ? { places: String(packages.length) } : {}),
      table: `as of ${asOf}`,
    },
    references: [source],
  };
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

function lastMoment(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY;
}

/** The oldest release to move to is the first that is not itself about to end, else the first with any days left. */
function fixText(product: string, newer: ReleaseLifecycle["newer"], now: Date): string {
  const left = newer.filter(({ ends }) => ends === undefined || lastMoment(ends) > now.getTime());
  const target =
    left.find(({ ends }) => ends === undefined || lastMoment(ends) > now.getTime() + NOTICE_DAYS * DAY) ?? left.at(-1);
  if (target === undefined) return `move to a release of ${product} that its vendor supports`;
  const until = target.ends === undefined ? "" : `, supported until ${target.ends}`;
  return `move to ${product} ${target.release}${until}, or later`;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Whether what was seen then is too long ago to count. Negated, so that a date that cannot be read is stale.
 *
 * @param observedAt - ISO 8601
 * @param days - `runtime.observedDays` of the policy
 */
export function isStale(observedAt: string, { now, days }: { readonly now: Date; readonly days: number }): boolean {
  return !(Date.parse(observedAt) + days * DAY >= now.getTime());
}

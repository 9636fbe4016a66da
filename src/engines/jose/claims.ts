/** What of a token's claims is the same whoever issued it (RFC 7519, section 4.1). */
import type { Untyped } from "../../core/untyped.ts";

/** Seconds that clocks may be apart. */
export const LEEWAY_SECONDS = 60;

/** Why a token does not count at this time, as a sentence's end; undefined where it does. It must say when it ends. */
export function timeFault({ exp, nbf, iat }: Untyped, now: Date): string | undefined {
  const seconds = now.getTime() / 1_000;
  if (!isTime(exp)) return "does not say when it expires";
  if (seconds >= exp + LEEWAY_SECONDS) return `expired at ${shown(exp)}`;
  for (const [name, value] of [
    ["nbf", nbf],
    ["iat", iat],
  ] as const) {
    if (value === undefined) continue;
    if (!isTime(value)) return `has a ${name} that is not a time`;
    if (seconds < value - LEEWAY_SECONDS) return `is not valid before ${shown(value)}`;
  }
  return undefined;
}

/** Whether it is for us: an audience, or a list of them. */
export function isFor({ aud }: Untyped, audience: string): boolean {
  return aud === audience || (Array.isArray(aud) && aud.includes(audience));
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= 8.64e12;
}

function shown(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

/**
 * Numbers that no history leads to, as of packages that are meant to win over a private one of the same name, whatever its
 * version is.
 */

/** From here on no counting leads; calendars do. */
const MAJOR = 90;

/** `99.0.0`, `9.9.9`, `999.1.2`; not what counts by a calendar (`2026.4.1`, `126.0.0` of a browser has a history instead). */
export function isImplausible(version: string, now: Date): boolean {
  const parts = /^v?(\d{1,12})(?:\.(\d{1,12}))?(?:\.(\d{1,12}))?(?![\d.])/.exec(version);
  if (parts === null) return false;
  const [major, minor = 0, patch = 0] = parts.slice(1).map((part) => (part === undefined ? 0 : Number(part))) as [
    number,
    number?,
    number?,
  ];
  if (isCalendar(major, minor, now)) return false;
  if (major >= MAJOR) return true;
  // 9.9.9, 99.99.99, 9.9.99: nines alone, all three.
  return [major, minor, patch].every((part) => part > 0 && /^9+$/.test(String(part)));
}

/** `2026.4`, `20260401`, `202604`. */
function isCalendar(major: number, minor: number, now: Date): boolean {
  const latest = now.getUTCFullYear() + 1;
  const year = major >= 1_000_000 ? Math.floor(major / 10_000) : major >= 10_000 ? Math.floor(major / 100) : major;
  return year >= 1990 && year <= latest && (major !== year || minor <= 1231);
}

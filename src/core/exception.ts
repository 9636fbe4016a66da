import type { Asset } from "./asset.ts";
import type { FindingDraft } from "./finding.ts";

/** An entry of the policy's `exceptions`: what it names, why, who answers for it, and until when. */
export interface Exception {
  /** Advisory or check ids, any case; empty names every id. */
  readonly ids: readonly string[];
  /** Package name, exact. */
  readonly package?: string;
  /** Path pattern: `*` within a component, `**` across them. */
  readonly path?: string;
  /** Pattern over the asset's name or lineage, as for path. */
  readonly asset?: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601 date: the last day on which it holds, in UTC. */
  readonly expires: string;
  /** Where it stands, for reports. */
  readonly source: { readonly path: string; readonly line: number; readonly column: number };
}

export type ExceptionUse = Pick<Exception, "reason" | "owner" | "expires" | "source">;

/** Expired from the first moment of the day after `expires`, in UTC. */
export function isExpired(exception: Exception, now: Date): boolean {
  return now.getTime() >= Date.parse(`${exception.expires}T00:00:00Z`) + 24 * 60 * 60 * 1000;
}

/** The first exception that is in force and names the finding; everything it states must match. */
export function exceptionFor(
  finding: FindingDraft,
  asset: Asset,
  exceptions: readonly Exception[],
  now: Date,
): Exception | undefined {
  return exceptions.find((exception) => !isExpired(exception, now) && covers(exception, finding, asset));
}

function covers(exception: Exception, finding: FindingDraft, asset: Asset): boolean {
  const { matches } = finding;
  if (exception.ids.length > 0) {
    const named = new Set(exception.ids.map((id) => id.toLowerCase()));
    if (!matches.ids.some((id) => named.has(id.toLowerCase()))) return false;
  }
  if (exception.package !== undefined && exception.package !== matches.package) return false;
  if (exception.path !== undefined && (matches.path === undefined || !globMatches(exception.path, matches.path)))
    return false;
  if (exception.asset !== undefined) {
    const pattern = exception.asset;
    if (![asset.name, asset.lineage, asset.id].some((name) => globMatches(pattern, name))) return false;
  }
  return true;
}

/**
 * `*` stands for any run of characters but `/`, `**` for any run, `?` for one character but `/`.
 * Linear in pattern × text: it backtracks to the last star alone.
 */
export function globMatches(pattern: string, text: string): boolean {
  // Dynamic programming over the text keeps this safe against a policy written by an attacker.
  const tokens = pattern.match(/\*\*\/?|\*|\?|[^*?]/g) ?? [];
  let reachable = new Uint8Array(text.length + 1);
  reachable[0] = 1;
  for (const token of tokens) {
    const next = new Uint8Array(text.length + 1);
    for (let i = 0; i <= text.length; i++) {
      if (token === "**" || token === "**/") {
        if (reachable[i]) {
          if (token === "**") {
            for (let j = i; j <= text.length; j++) next[j] = 1;
            break;
          }
          next[i] = 1;
          for (let j = i; j < text.length; j++) if (text[j] === "/") next[j + 1] = 1;
          break;
        }
      } else if (token === "*") {
        if (reachable[i] || (i > 0 && next[i - 1] && text[i - 1] !== "/")) next[i] = 1;
      } else if (i > 0 && reachable[i - 1] && (token === "?" ? text[i - 1] !== "/" : text[i - 1] === token)) {
        next[i] = 1;
      }
    }
    reachable = next;
  }
  return reachable[text.length] === 1;
}

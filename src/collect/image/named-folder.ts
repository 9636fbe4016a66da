import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { Problem } from "../../core/problem.ts";

/** The folder that `dir:FOLDER` names, or undefined where something else is written. @throws Problem `oci.folder` */
export function folderOf(reference: string): string | undefined {
  if (!reference.startsWith("dir:")) return undefined;
  try {
    return realpathSync(resolve(reference.slice("dir:".length)));
  } catch {
    throw new Problem({ kind: "usage", code: "oci.folder", place: reference, cause: "there is no such folder" });
  }
}

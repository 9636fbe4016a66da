import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isDirectoryImage } from "../../engines/oci/dir-transport.ts";

/**
 * The root filesystem that `dir:FOLDER` names, or undefined where something else is written: an image by its reference, or one
 * that skopeo wrote into such a folder.
 *
 * @throws Problem `oci.folder`
 */
export function folderOf(reference: string): string | undefined {
  if (!reference.startsWith("dir:")) return undefined;
  const refused = (cause: string) => new Problem({ kind: "usage", code: "oci.folder", place: reference, cause });
  let folder: string;
  try {
    folder = realpathSync(resolve(reference.slice("dir:".length)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refused(code === "ENOENT" || code === "ENOTDIR" ? "no such directory" : systemCause(error));
  }
  if (!statSync(folder).isDirectory()) throw refused("not a directory");
  return isDirectoryImage(folder) ? undefined : folder;
}

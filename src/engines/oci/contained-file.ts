/** Files of a folder that holds an image, and of nowhere else. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";

/** The real path of a file of a folder that holds an image. A symlink in one under review must not lead to files of this machine. */
export function fileIn(folder: string, name: string, place: string): string {
  const found = statOf(join(folder, name));
  if (found === undefined || !found.isFile()) {
    throw new Problem({ kind: "input", code: "oci.blob-missing", place, cause: `no ${name}` });
  }
  const [root, path] = [realpathSync.native(folder), realpathSync.native(join(folder, name))];
  if (path.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  throw new Problem({
    kind: "input",
    code: "oci.layout",
    place,
    cause: `its ${name} is a symlink that leads out of the directory`,
    remedy: "copy the directory with its links followed (cp -RL)",
  });
}

/** A document of it, whole. @throws Problem `oci.document` over the bound, `oci.blob-missing`, `oci.layout` */
export function readSmall(folder: string, name: string, place: string): Buffer {
  // Meanwhile it may have become a pipe, which nobody waits for.
  const descriptor = openSync(fileIn(folder, name, place), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(descriptor);
    if (size > bounds.manifestBytes) {
      throw new Problem({
        kind: "input",
        code: "oci.document",
        place,
        cause: `a document of ${size} bytes exceeds the limit of ${bounds.manifestBytes}`,
      });
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

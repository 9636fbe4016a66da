/** Files of a folder that holds an image, and of nowhere else. */
import { open, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";

/** The real path of a file of a folder that holds an image. A symlink in one under review must not lead to files of this machine. */
export async function fileIn(folder: string, name: string, place: string): Promise<string> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    throw new Problem({ kind: "input", code: "oci.blob-missing", place, cause: `no ${name}` });
  }
  const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
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
export async function readSmall(folder: string, name: string, place: string): Promise<Buffer> {
  const path = await fileIn(folder, name, place);
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    if (size > bounds.manifestBytes) {
      throw new Problem({
        kind: "input",
        code: "oci.document",
        place,
        cause: `a document of ${size} bytes exceeds the limit of ${bounds.manifestBytes}`,
      });
    }
    return await readFile(handle);
  } finally {
    await handle.close();
  }
}

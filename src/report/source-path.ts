import { posix } from "node:path";
import type { Asset } from "../core/asset.ts";
import type { Report } from "../core/report.ts";

/** Kinds of assets whose files are in the scanned directory, and not in an image. */
const OF_DIRECTORY: ReadonlySet<Asset["kind"]> = new Set(["file", "workload", "namespace", "cluster"]);

/**
 * A path of the scanned directory from the root of its repository, which is what code hosts resolve paths against:
 * `services/web/Dockerfile` whichever directory was scanned. As it is where the directory is in no repository.
 *
 * @param path - from the scanned directory; absolute paths stay as they are
 */
export function sourcePath({ directory }: Pick<Report, "directory">, path: string): string {
  if (directory === undefined || directory === "" || path.startsWith("/")) return path;
  return posix.join(directory, path);
}

/** True of the files of a repository: what a code host can show beside its lines. */
export function inRepository({ kind }: Asset): boolean {
  return OF_DIRECTORY.has(kind);
}

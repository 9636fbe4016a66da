/** An unpacked package: what {@link readPackageArchive} says of its archive, of a directory. */
import { absent, type Evidence, gapOf } from "../../../core/evidence.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { type PackageFile, type PackageFiles, withoutRoot } from "../archive/files.ts";
import { folderFiles } from "../archive/folder.ts";
import type { ArchiveKind } from "../archive/read.ts";
import type { PackageContents } from "../model.ts";
import { type ReadPackageOptions, readPackageFiles } from "./read.ts";

/** The kind is told by the manifest that lies highest; directories above it are taken away. */
export async function readPackageFolder(
  folder: string,
  options: ReadPackageOptions,
): Promise<Evidence<PackageContents>> {
  try {
    const { files, kind } = rooted(await folderFiles(folder));
    return readPackageFiles(files, kind, options);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return absent(gapOf(error));
  }
}

const MANIFESTS: readonly [name: string, kind: ArchiveKind][] = [
  ["package.json", "npm"],
  ["PKG-INFO", "sdist"],
  ["setup.py", "sdist"],
  ["METADATA", "wheel"],
  ["pyproject.toml", "sdist"],
  ["Cargo.toml", "crate"],
  ["metadata.yaml", "gem"],
];
const ROOT_DEPTH = 4;

function rooted(read: PackageFiles): { files: PackageFiles; kind: ArchiveKind } {
  let best: { depth: number; rank: number; kind: ArchiveKind; root: string } | undefined;
  for (const path of read.files.keys()) {
    const parts = path.split("/");
    const name = parts.at(-1) as string;
    const rank = MANIFESTS.findIndex(([each]) => each === name);
    if (rank < 0 || parts.length > ROOT_DEPTH + 1) continue;
    // A wheel's metadata lies in a directory of its own, and so does what setuptools leaves.
    const inside = name === "METADATA" || (name === "PKG-INFO" && parts.at(-2)?.endsWith(".egg-info") === true);
    const depth = parts.length - 1 - (inside ? 1 : 0);
    if (best === undefined || depth < best.depth || (depth === best.depth && rank < best.rank)) {
      const kind = (MANIFESTS[rank] as [string, ArchiveKind])[1];
      best = { depth, rank, kind, root: parts.slice(0, depth).join("/") };
    }
  }
  if (best === undefined)
    return { files: { ...read, files: withoutRoot(read.files, "shared") }, kind: guess(read.files.keys()) };
  if (best.root === "") return { files: read, kind: best.kind };
  const prefix = `${best.root}/`;
  const files = new Map<string, PackageFile>();
  for (const file of read.files.values()) {
    // What lies beside the root stays under its own name: it is scored, too.
    const path = file.path.startsWith(prefix) ? file.path.slice(prefix.length) : `../${file.path}`;
    files.set(path, { ...file, path });
  }
  return { files: { ...read, files }, kind: best.kind };
}

function guess(paths: Iterable<string>): ArchiveKind {
  for (const path of paths) if (path.endsWith(".py")) return "sdist";
  return "npm";
}

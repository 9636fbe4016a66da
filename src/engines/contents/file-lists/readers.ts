import { apkDatabase, dpkgDigests, dpkgList, pacmanFiles, rpmDatabase } from "./distribution.ts";
import { condaFiles, pythonInstalledFiles, pythonRecord, pythonTopLevel } from "./language.ts";
import type { FileListReader } from "./model.ts";

const READERS: readonly FileListReader[] = [
  ...[dpkgList, dpkgDigests, apkDatabase, rpmDatabase, pacmanFiles],
  ...[pythonRecord, pythonInstalledFiles, pythonTopLevel, condaFiles],
];

/** Who reads a file; undefined for nearly all. @param path - relative to the root, without a leading slash */
export function fileListReaderFor(path: string): FileListReader | undefined {
  return READERS.find((reader) => reader.wants(path));
}

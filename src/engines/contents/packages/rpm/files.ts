import { bounds } from "../../bounds.ts";
import { canDeclare } from "../ownership.ts";

/**
 * The files of a package, as its header lists them ("RPM tags", "Installed packages/file information"): the names of
 * the folders once each, and for every file its base name, the number of its folder and its mode.
 */
export const FILE_TAGS = new Map([
  [1117, "basenames"],
  [1118, "dirnames"],
  [1116, "dirindexes"],
  [1030, "filemodes"],
] as const);
export type FileTag = "basenames" | "dirnames" | "dirindexes" | "filemodes";

/** A tag's values and whatever follows them in the store. */
export interface HeaderValues {
  readonly type: number;
  readonly count: number;
  readonly bytes: Buffer;
}

export type FileTags = Readonly<Partial<Record<FileTag, HeaderValues>>>;

const INT16 = 3;
const INT32 = 4;
const STRING_ARRAY = 8;

const TYPE_BITS = 0o170000;
const REGULAR_FILE = 0o100000;
const EXECUTE_BITS = 0o111;

/**
 * Those that may declare other packages, sorted. None where the lists do not fit each other: who owns a file only
 * spares a report of it, so not to know is on the safe side.
 */
export function ownedFiles(tags: FileTags): string[] {
  const owned: string[] = [];
  for (const { path, mode } of listedFiles(tags)) {
    if (canDeclare(path, (mode & EXECUTE_BITS) !== 0) && owned.push(path) >= bounds.ownedFiles) break;
  }
  return owned.sort();
}

/** The regular files of a package, relative to the root; none where the lists do not fit each other. */
export function* listedFiles(tags: FileTags): Generator<{ readonly path: string; readonly mode: number }> {
  const { basenames, dirnames, dirindexes, filemodes } = tags;
  if (basenames?.type !== STRING_ARRAY || dirnames?.type !== STRING_ARRAY) return;
  if (dirindexes?.type !== INT32 || dirindexes.count !== basenames.count) return;
  if (filemodes?.type !== INT16 || filemodes.count !== basenames.count) return;
  if (4 * dirindexes.count > dirindexes.bytes.length || 2 * filemodes.count > filemodes.bytes.length) return;
  const folders = [...strings(dirnames)].map((folder) => (folder.startsWith("/") ? folder.slice(1) : folder));
  let index = 0;
  for (const name of strings(basenames)) {
    const mode = filemodes.bytes.readUInt16BE(2 * index);
    const folder = folders[dirindexes.bytes.readUInt32BE(4 * index)];
    index += 1;
    if (folder === undefined || (mode & TYPE_BITS) !== REGULAR_FILE) continue;
    yield { path: folder + name, mode };
  }
}

/** As many as counted, or fewer where the store ends. */
function* strings({ count, bytes }: HeaderValues): Generator<string> {
  let start = 0;
  for (let index = 0; index < count; index++) {
    const end = bytes.indexOf(0, start);
    if (end < 0) return;
    yield bytes.toString("utf8", start, end);
    start = end + 1;
  }
}

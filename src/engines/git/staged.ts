/** The index: what is staged for the next commit (gitformat-index(5)), versions 2 to 4. */
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { names, readWhole } from "./files.ts";
import type { Located } from "./locate.ts";

export interface StagedFile {
  /** The bytes as they are: no encoding is stated. */
  readonly path: Buffer;
  /** As in a tree: 0o100644, 0o120000 for a link, 0o160000 for a submodule, 0o40000 for a folder that is left out. */
  readonly mode: number;
  /** In binary. */
  readonly id: Buffer;
  /** 0, or 1 to 3 while a merge is open. */
  readonly stage: number;
}

/** Indexes of a repository and of all its work trees. */
export function indexPaths({ gitFolder, commonFolder }: Located): string[] {
  const others = names(join(commonFolder, "worktrees")).map((name) => join(commonFolder, "worktrees", name, "index"));
  return [...new Set([join(gitFolder, "index"), join(commonFolder, "index"), ...others])];
}

/** @throws {Problem} as {@link parseIndex}; undefined where there is none */
export function readIndex(path: string, idBytes: number): StagedFile[] | undefined {
  const bytes = readWhole(path, bounds.gitIndexBytes);
  return bytes === undefined ? undefined : parseIndex(bytes, idBytes, path);
}

/**
 * @throws {Problem} `git.staged-broken` where it breaks the format, is out of order, or has what must be understood and
 *   is not: a split index, another version
 */
export function parseIndex(bytes: Buffer, idBytes: number, place: string): StagedFile[] {
  const broken = (cause: string): Problem => new Problem({ kind: "input", code: "git.staged-broken", place, cause });
  const end = bytes.length - idBytes;
  if (end < HEADER || bytes.toString("latin1", 0, 4) !== "DIRC") throw broken("does not begin as an index does");
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) throw broken(`its version ${version} is unknown`);
  const count = bytes.readUInt32BE(8);
  if (count > bounds.gitObjects) throw broken(`over ${bounds.gitObjects} entries`);
  const files: StagedFile[] = [];
  let at = HEADER;
  let previous: StagedFile | undefined;
  for (let n = 0; n < count; n++) {
    const idAt = at + STAT;
    const flagsAt = idAt + idBytes;
    if (flagsAt + 2 > end) throw broken("it ends within an entry");
    const mode = bytes.readUInt32BE(at + MODE_AT);
    const flags = bytes.readUInt16BE(flagsAt);
    const extended = (flags & 0x4000) !== 0;
    if (extended && version < 3) throw broken("an entry is in a form of a later version");
    if (extended && (bytes.readUInt16BE(flagsAt + 2) & 0x9fff) !== 0) throw broken("an entry has unknown marks");
    const nameAt = flagsAt + (extended ? 4 : 2);
    const { path, next } = nameOf(bytes, { at, nameAt, end, version, previous: previous?.path });
    if (path === undefined) throw broken("it ends within a name");
    const length = flags & 0xfff;
    if (path.length === 0 || length !== Math.min(path.length, 0xfff)) throw broken("a name is not as long as it says");
    if (!MODES.has(mode)) throw broken(`an entry has the mode ${mode.toString(8)}`);
    const file = { path, mode, id: bytes.subarray(idAt, flagsAt), stage: (flags >> 12) & 3 };
    if (previous !== undefined && !isBefore(previous, file)) throw broken("its entries are not in order");
    files.push(file);
    previous = file;
    at = next;
  }
  refuseExtensions(bytes, at, end, broken);
  return files;
}

const HEADER = 12;
/** Times, device, inode, mode, owner and size come before the id. */
const STAT = 40;
const MODE_AT = 24;
const MODES = new Set([0o100644, 0o100755, 0o120000, 0o160000, 0o040000]);

interface NamePlace {
  readonly at: number;
  readonly nameAt: number;
  readonly end: number;
  readonly version: number;
  readonly previous: Buffer | undefined;
}

/** Whole and padded to eight bytes; in version 4 what it shares with the one before is left out. */
function nameOf(
  bytes: Buffer,
  { at, nameAt, end, version, previous = Buffer.alloc(0) }: NamePlace,
): { readonly path?: Buffer; readonly next: number } {
  let from = nameAt;
  let shared = 0;
  if (version === 4) {
    let byte = bytes[from++] ?? 0;
    let removed = byte & 0x7f;
    // Each further byte stands for one more than its bits say, as for the offsets of a pack.
    while (byte >= 0x80) {
      byte = bytes[from++] ?? 0;
      removed = (removed + 1) * 128 + (byte & 0x7f);
      if (removed > previous.length || from > end) return { next: from };
    }
    shared = previous.length - removed;
    if (shared < 0) return { next: from };
  }
  const nul = bytes.indexOf(0, from);
  if (nul === -1 || nul >= end) return { next: from };
  const own = bytes.subarray(from, nul);
  const next = version === 4 ? nul + 1 : at + (((nul - at) >> 3) + 1) * 8;
  if (next > end) return { next };
  return { path: shared === 0 ? own : Buffer.concat([previous.subarray(0, shared), own]), next };
}

function isBefore(left: StagedFile, right: StagedFile): boolean {
  const order = left.path.compare(right.path);
  return order < 0 || (order === 0 && left.stage < right.stage && left.stage !== 0);
}

/** One whose name begins with a small letter changes what the index means: `link`, `sdir`. */
function refuseExtensions(bytes: Buffer, start: number, end: number, broken: (cause: string) => Problem): void {
  let at = start;
  while (at + 8 <= end) {
    const name = bytes.toString("latin1", at, at + 4);
    at += 8 + bytes.readUInt32BE(at + 4);
    if (name !== "sdir" && !/^[A-Z]/.test(name)) throw broken(`its extension ${JSON.stringify(name)} is not read`);
  }
  if (at !== end) throw broken("its extensions end early");
}

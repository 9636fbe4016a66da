/** The secrets of a folder of files: every regular file is read once; no symlink is followed. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { createAccumulator } from "./accumulator.ts";
import { ARCHIVE_HEAD, type ArchiveScanner, archiveKindOf, createArchiveScanner } from "./archives.ts";
import { bounds } from "./bounds.ts";

export interface FolderOptions {
  /** Names of folders that are not looked into, wherever they are. */
  readonly skipped: ReadonlySet<string>;
  /** Folders that are not looked into, by their paths below the root. */
  readonly skippedPaths?: ReadonlySet<string>;
  /** What the run leaves out, by its path below the root. */
  readonly exclusion?: { excludes(path: string, isDirectory: boolean): boolean };
  /** Files that are not looked into, by their paths below the root. */
  readonly skipsFile?: (path: string) => boolean;
  readonly signal?: AbortSignal;
  /** How many files have been read. */
  readonly onProgress?: (files: number) => void;
}

/** The stores of version control systems: packed, and read as history. */
export const versionControl: ReadonlySet<string> = new Set([".git", ".hg", ".svn"]);

/** A file up to this is read at once, into memory that is used again. */
const AT_ONCE = 1024 * 1024;

/** @throws Problem where the root is no folder, or there are more entries than the bound */
export async function secretsOfFolder(
  root: string,
  scanner: SecretScanner,
  options: FolderOptions,
): Promise<FoundSecrets> {
  const accumulator = createAccumulator(root);
  const reader: Reader = {
    scanner,
    accumulator,
    archives: createArchiveScanner(scanner, accumulator),
    buffer: Buffer.allocUnsafe(AT_ONCE),
  };
  const pending: Folder[] = [{ path: "", location: Buffer.from(root) }];
  const skipped: string[] = [];
  let entries = 0;
  let sinceYield = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(folder.location);
    if (!Array.isArray(listed)) {
      if (folder.path === "")
        throw new Problem({ kind: "usage", code: "secrets.folder", place: root, cause: listed.cause });
      accumulator.unread(folder.path, listed.cause);
      continue;
    }
    entries += listed.length;
    if (entries > collectBounds.entries) {
      throw new Problem({
        kind: "input",
        code: "secrets.folder",
        place: root,
        cause: `more than ${collectBounds.entries} entries`,
        remedy: "scan a subdirectory",
      });
    }
    listed.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of listed) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      const location = Buffer.concat([folder.location, SEPARATOR, entry.bytes]);
      if (options.exclusion?.excludes(path, entry.isDirectory) === true) continue;
      if (entry.isDirectory) {
        if (options.skipped.has(entry.name)) skipped.push(path);
        else if (options.skippedPaths?.has(path) !== true) pending.push({ path, location });
      } else if (entry.isFile && options.skipsFile?.(path) !== true) {
        sinceYield += scanFile(location, path, reader);
      }
    }
    sinceYield += listed.length;
    if (sinceYield > 8 * AT_ONCE) {
      sinceYield = 0;
      options.onProgress?.(accumulator.files());
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }
  return { ...accumulator.finish(), skipped };
}

/** One file. @throws Problem where it cannot be read */
export function secretsOfFile(file: string, path: string, scanner: SecretScanner): FoundSecrets {
  const accumulator = createAccumulator(path);
  const archives = createArchiveScanner(scanner, accumulator);
  scanFile(file, path, { scanner, accumulator, archives, buffer: Buffer.allocUnsafe(AT_ONCE) });
  return accumulator.finish();
}

interface Reader {
  readonly scanner: SecretScanner;
  readonly accumulator: ReturnType<typeof createAccumulator>;
  readonly archives: ArchiveScanner;
  /** Used again for every file. */
  readonly buffer: Buffer;
}

/** Returns the bytes that were read. */
function scanFile(file: string | Buffer, path: string, { scanner, accumulator, archives, buffer }: Reader): number {
  let descriptor: number | undefined;
  try {
    // The file may have become a symlink or a pipe since it was listed: neither is followed or waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(descriptor).isFile()) throw new Error("not a regular file");
    const first = fill(descriptor, buffer);
    const isArchive = archiveKindOf(path, buffer.subarray(0, Math.min(first, ARCHIVE_HEAD))) !== undefined;
    if (first < buffer.length) {
      const bytes = buffer.subarray(0, first);
      accumulator.file(path, first, scanner.scan(path, bytes));
      if (isArchive) archives.scan(path, bytes);
      return first;
    }
    const stream = scanner.open(path);
    const pieces = [Buffer.from(buffer)];
    stream.write(pieces[0] as Buffer);
    let bytes = first;
    for (;;) {
      const chunk = Buffer.allocUnsafe(AT_ONCE);
      const count = fill(descriptor, chunk);
      const piece = chunk.subarray(0, count);
      stream.write(piece);
      bytes += count;
      if (isArchive && bytes <= bounds.archiveBytes) pieces.push(piece);
      if (count < chunk.length) break;
    }
    accumulator.file(path, bytes, stream.end());
    if (isArchive && bytes <= bounds.archiveBytes) archives.scan(path, Buffer.concat(pieces));
    else if (isArchive) archives.tooLarge(path);
    return bytes;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    accumulator.unread(path, error.message);
    return 0;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function fill(descriptor: number, buffer: Buffer): number {
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return length;
}

interface Folder {
  /** Below the root. */
  readonly path: string;
  /** As the system has it: a name may be no UTF-8. */
  readonly location: Buffer;
}

interface Entry {
  /** What is no UTF-8 in it is U+FFFD. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
}

const SEPARATOR = Buffer.from("/");

function list(location: Buffer): Entry[] | { cause: string } {
  try {
    return readdirSync(location, { withFileTypes: true, encoding: "buffer" }).map((entry) => ({
      name: entry.name.toString("utf8"),
      bytes: entry.name,
      isDirectory: entry.isDirectory(),
      isFile: entry.isFile(),
    }));
  } catch (error) {
    return { cause: systemCause(error) };
  }
}

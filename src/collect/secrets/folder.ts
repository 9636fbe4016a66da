/** The secrets of a folder of files: every regular file is read once; no symlink is followed. */
import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { createAccumulator } from "./accumulator.ts";

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
  const buffer = Buffer.allocUnsafe(AT_ONCE);
  const pending = [""];
  const skipped: string[] = [];
  let entries = 0;
  let sinceYield = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(join(root, folder));
    if (!Array.isArray(listed)) {
      if (folder === "") throw new Problem({ kind: "usage", code: "secrets.folder", place: root, cause: listed.cause });
      accumulator.unread(folder, listed.cause);
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
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (options.exclusion?.excludes(path, entry.isDirectory()) === true) continue;
      if (entry.isDirectory()) {
        if (options.skipped.has(entry.name)) skipped.push(path);
        else if (options.skippedPaths?.has(path) !== true) pending.push(path);
      } else if (entry.isFile() && options.skipsFile?.(path) !== true) {
        sinceYield += scanFile(join(root, path), path, scanner, accumulator, buffer);
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
  scanFile(file, path, scanner, accumulator, Buffer.allocUnsafe(AT_ONCE));
  return accumulator.finish();
}

/** Returns the bytes that were read. */
function scanFile(
  file: string,
  path: string,
  scanner: SecretScanner,
  accumulator: ReturnType<typeof createAccumulator>,
  buffer: Buffer,
): number {
  let descriptor: number | undefined;
  try {
    // The file may have become a symlink or a pipe since it was listed: neither is followed or waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(descriptor).isFile()) throw new Error("not a regular file");
    const first = fill(descriptor, buffer);
    if (first < buffer.length) {
      accumulator.file(path, first, scanner.scan(path, buffer.subarray(0, first)));
      return first;
    }
    const stream = scanner.open(path);
    stream.write(Buffer.from(buffer));
    let bytes = first;
    for (;;) {
      const chunk = Buffer.allocUnsafe(AT_ONCE);
      const count = fill(descriptor, chunk);
      stream.write(chunk.subarray(0, count));
      bytes += count;
      if (count < chunk.length) break;
    }
    accumulator.file(path, bytes, stream.end());
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

function list(path: string): Dirent[] | { cause: string } {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return { cause: systemCause(error) };
  }
}

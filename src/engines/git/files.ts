import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";

/** Opens a regular file: a pipe or device of that name is neither waited for nor read. Undefined where none is there. */
export function openRegular(path: string): { readonly descriptor: number; readonly size: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, systemCause(error));
  }
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return { descriptor, size: stat.size };
  closeSync(descriptor);
  throw unreadable(path, "not a regular file");
}

/** A whole file of at most that many bytes; undefined where there is none. */
export function readWhole(path: string, maxBytes: number): Buffer | undefined {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    if (file.size > maxBytes) throw unreadable(path, `${file.size} bytes exceed the limit of ${maxBytes}`);
    return readAt(file.descriptor, path, 0, file.size);
  } finally {
    closeSync(file.descriptor);
  }
}

/** As {@link readAt}, of a file that is opened for it alone; undefined where it is shorter, or not there. */
export function readPart(path: string, offset: number, length: number): Buffer | undefined {
  const file = openRegular(path);
  if (file === undefined) return undefined;
  try {
    return offset + length > file.size ? undefined : readAt(file.descriptor, path, offset, length);
  } finally {
    closeSync(file.descriptor);
  }
}

/** In bytes; undefined where there is no regular file. */
export function sizeOf(path: string): number | undefined {
  const file = openRegular(path);
  if (file !== undefined) closeSync(file.descriptor);
  return file?.size;
}

/** Exactly that many bytes. */
export function readAt(descriptor: number, path: string, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  try {
    while (read < length) {
      const count = readSync(descriptor, bytes, read, length - read, offset + read);
      if (count === 0) throw unreadable(path, "it ends early");
      read += count;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable(path, systemCause(error));
  }
  return bytes;
}

/** Names within a folder, sorted; none where there is no folder. */
export function names(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw unreadable(path, systemCause(error));
  }
}

/** What the name itself stands for: a symbolic link is not followed. */
export function kindOfFile(path: string): "file" | "folder" | "other" | undefined {
  try {
    const stat = lstatSync(path);
    return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other";
  } catch {
    return undefined;
  }
}

/** @throws {Problem} where there is nothing */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw unreadable(path, systemCause(error));
  }
}

export function unreadable(path: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.file-unreadable", place: path, cause });
}

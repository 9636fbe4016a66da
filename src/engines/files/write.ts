/**
 * Files that are written on this machine: whole or not at all, and through no symbolic link. A tree under review may hold
 * a link at any name that a run could write to, and what it leads to is not its author's to overwrite.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { inBytes } from "./chunks.ts";
import { makeFolders } from "./folders.ts";
import { freshName, removeLeftovers } from "./leftovers.ts";

/** What is written: whole, or in pieces, which may have to be made twice. */
export type Content = string | Uint8Array | (() => Iterable<string>);

export interface WriteOptions {
  /**
   * Folders below which no part of the path may be a link: the tree under review. The working folder is always one.
   * Above and beside them links are the machine's own (`/tmp` on some).
   */
  readonly within?: readonly string[];
  /** Of a new file, before the umask. What was there keeps its own. */
  readonly mode?: number;
  /** Of {@link writeNew}: whether missing folders are made. */
  readonly folders?: boolean;
}

/**
 * Writes a file in one step: into a new one beside it, which takes its place. The mode of a file that was there stays,
 * and for root its owner. What cannot be replaced so (a file that is mounted, a folder that takes no new ones) is written
 * in place. Below /dev what is there is written to, as `/dev/stdout`.
 *
 * @throws Problem (usage) `files.link` where it or a folder on the way is a link, `files.unwritable`
 */
export function writeWhole(path: string, content: Content, options: WriteOptions = {}): void {
  attempt(path, () => {
    if (isDevice(path)) {
      writeTo(openSync(path, "w"), content);
      return;
    }
    refuseLinkedFolders(path, options.within);
    replace(path, content, options.mode ?? 0o666);
  });
}

/**
 * Writes a file that must not be there yet.
 *
 * @throws Problem (usage) `files.exists`, and as {@link writeWhole}
 */
export function writeNew(path: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  attempt(path, () => {
    refuseLinkedFolders(path, options.within);
    if (isThere(path)) throw refused("files.exists", path, "file already exists");
    if (options.folders === true) makeFolders(dirname(path));
    writeFileSync(path, content, { flag: "wx", mode: options.mode ?? 0o666 });
  });
}

/** True also for a link that leads nowhere. */
export function isThere(path: string): boolean {
  return entryAt(path) !== undefined;
}

/** What the name itself stands for; undefined where nothing can be there. */
function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Makes a folder of our own, 0700, with those above that are missing. One that is there and bears the program's name
 * loses what rights others had.
 */
export function makePrivateFolder(path: string): void {
  makeFolders(path, 0o700);
  if (basename(resolve(path)) !== "bulkhead") return;
  const { uid, mode } = lstatSync(path);
  if (uid === process.geteuid?.() && (mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/** @throws Problem (usage) `files.link` where a link is in the place of a file that we open */
export function refuseLink(path: string, what: string): void {
  if (entryAt(path)?.isSymbolicLink() !== true) return;
  throw refused("files.link", path, `a symbolic link is in the place of ${what}`, "name the file that it leads to");
}

/** @throws Problem (usage) `files.link` where a folder on the way to `path` is a link, below the working folder or `within` */
export function refuseLinkedFolders(path: string, within: readonly string[] = []): void {
  const whole = resolve(path);
  for (const root of [process.cwd(), ...within]) {
    const way = relative(resolve(root), whole);
    if (way === "" || isAbsolute(way) || way.split(sep)[0] === "..") continue;
    let at = resolve(root);
    for (const name of way.split(sep).slice(0, -1)) {
      at = join(at, name);
      if (entryAt(at)?.isSymbolicLink() === true) {
        throw refused("files.link", at, "a symbolic link, and nothing is written through it", REMEDY);
      }
    }
  }
}

const REMEDY = "name the place that it leads to";

/** Puts new content in a file's place in one step. Errors are the system's. */
export function replace(path: string, content: Content, mode: number): void {
  const before = entryAt(path);
  if (before?.isSymbolicLink() === true) {
    throw refused("files.link", path, "a symbolic link, and nothing is written through it", REMEDY);
  }
  if (before !== undefined && !before.isFile()) throw refused("files.unwritable", path, "not a regular file");
  removeLeftovers(path);
  const fresh = freshName(path);
  try {
    writeTo(openSync(fresh, "wx", before === undefined ? mode : before.mode & 0o777), content);
    if (before !== undefined) keepRights(fresh, before);
    const descriptor = openSync(fresh, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    if (before === undefined || !CANNOT_REPLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    overwrite(path, content);
  }
}

function writeTo(descriptor: number, content: Content): void {
  try {
    writeContent(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}

function writeContent(descriptor: number, content: Content): void {
  if (typeof content !== "function") writeFileSync(descriptor, content);
  else for (const chunk of inBytes(content())) writeFileSync(descriptor, chunk);
}

function keepRights(fresh: string, { uid, gid, mode }: Stats): void {
  if (process.getuid?.() === 0) chownSync(fresh, uid, gid);
  // Behind chown, which takes set-id bits away, and whatever the umask is.
  chmodSync(fresh, mode & 0o7777);
}

const CANNOT_REPLACE = new Set(["EACCES", "EPERM", "EBUSY", "EXDEV", "EROFS"]);

function overwrite(path: string, content: Content): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw refused("files.unwritable", path, "not a regular file");
    ftruncateSync(descriptor);
    writeContent(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The kernel's own, which no tree can hold: `/dev/stdout` and what a shell hands over as a file are links there. */
function isDevice(path: string): boolean {
  return resolve(path).startsWith("/dev/") && !resolve(path).startsWith("/dev/shm/");
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem || !(error instanceof Error) || !("syscall" in error)) throw error;
    throw new Problem(
      { kind: "usage", code: "files.unwritable", place: path, cause: systemCause(error) },
      { cause: error },
    );
  }
}

function refused(code: string, place: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}

/** A root file system as a folder (`dir:/`): walked without following a symlink, so that nothing leaves the root. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statfsSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds } from "./bounds.ts";
import { PEEK_BYTES } from "./tar.ts";

export interface FolderVisitor {
  /** Called with paths relative to the root, `/` as separator; `mode` costs a look at the file. Undefined skips it. */
  wanted(path: string, mode: () => number): Wish | undefined;
  /** The content, or why it could not be had: larger than asked for, unreadable, gone. */
  file(path: string, content: Buffer | { readonly unreadable: string }): void;
  /** A symlink, which is not followed; `target` as it is written there, or undefined where it cannot be read. */
  link?(path: string, target: () => string | undefined): void;
  /** A folder that could not be listed. */
  unlisted(path: string, cause: string): void;
}

export interface Wish {
  /** Bytes; a larger file is not read. */
  readonly maxBytes: number;
  /** Judges by the first bytes, up to PEEK_BYTES, whether the file is wanted after all. */
  readonly startsRight?: (first: Buffer) => boolean;
}

export interface FolderOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (entries: number) => void;
}

/** statfs types (statfs(2)) of file systems that hold the kernel's state and no files of anybody's. */
const kernelFileSystems = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0xcafe4a11, // bpf
  0x73636673, // securityfs
  0x19800202, // mqueue
  0x62656570, // configfs
  0x6165676c, // pstore
]);

/** Where engines keep the files of other images: those are scanned by reference, and are not this root's. */
const otherImages = new Set([
  "var/lib/docker/overlay2",
  "var/lib/docker/vfs",
  "var/lib/containers/storage/overlay",
  "var/lib/containers/storage/vfs",
  "var/lib/containerd/io.containerd.snapshotter.v1.overlayfs",
  "var/lib/containerd/io.containerd.snapshotter.v1.native",
]);

/** @throws Problem `oci.folder` where the root cannot be listed or holds more entries than the bound */
export async function readFolder(root: string, visitor: FolderVisitor, options: FolderOptions = {}): Promise<void> {
  const rootStat = statSync(root, { throwIfNoEntry: false });
  if (rootStat === undefined || !rootStat.isDirectory()) {
    throw new Problem({ kind: "usage", code: "oci.folder", place: `dir:${root}`, cause: "no such directory" });
  }
  const pending: { path: string; device: number }[] = [{ path: "", device: rootStat.dev }];
  let entries = 0;
  let sinceYield = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(join(root, folder.path));
    if (!Array.isArray(listed)) {
      visitor.unlisted(folder.path, listed.cause);
      continue;
    }
    entries += listed.length;
    sinceYield += listed.length + 1;
    if (entries > bounds.entries) {
      throw new Problem({
        kind: "input",
        code: "oci.folder",
        place: `dir:${root}`,
        cause: `more than ${bounds.entries} entries`,
      });
    }
    for (const entry of listed) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.isDirectory()) enter(path, folder.device);
      else if (entry.isSymbolicLink()) visitor.link?.(path, () => targetOf(join(root, path)));
      else if (entry.isFile()) {
        const full = join(root, path);
        const wish = visitor.wanted(path, () => statSync(full, { throwIfNoEntry: false })?.mode ?? 0);
        const content = wish === undefined ? undefined : readBounded(full, wish);
        if (content !== undefined) visitor.file(path, content);
      }
    }
    if (sinceYield > 5_000) {
      sinceYield = 0;
      options.onProgress?.(entries);
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }

  function enter(path: string, device: number): void {
    if (otherImages.has(path)) return;
    const full = join(root, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.dev !== device && isKernelFileSystem(full)) return;
    if (path.length > bounds.pathBytes) visitor.unlisted(path, `its path is longer than ${bounds.pathBytes}`);
    else pending.push({ path, device: stat.dev });
  }
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function list(path: string): Dirent[] | { cause: string } {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return { cause: systemCause(error) };
  }
}

function isKernelFileSystem(path: string): boolean {
  try {
    return kernelFileSystems.has(statfsSync(path).type);
  } catch {
    return false;
  }
}

/** Undefined where the first bytes are not those of a wanted file. */
function readBounded(path: string, { maxBytes, startsRight }: Wish): Buffer | { unreadable: string } | undefined {
  let descriptor: number;
  try {
    // The file may have become a symlink or a pipe since it was listed: neither is followed or waited for.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { unreadable: systemCause(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { unreadable: "not a regular file" };
    if (startsRight !== undefined) {
      const first = Buffer.alloc(Math.min(stat.size, PEEK_BYTES));
      if (!startsRight(first.subarray(0, readSync(descriptor, first, 0, first.length, 0)))) return undefined;
    }
    if (stat.size > maxBytes) return { unreadable: `${stat.size} bytes exceed the limit of ${maxBytes}` };
    const buffer = Buffer.allocUnsafe(stat.size);
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return buffer.subarray(0, length);
  } catch (error) {
    return { unreadable: systemCause(error) };
  } finally {
    closeSync(descriptor);
  }
}

/** A root filesystem in a folder, looked up by path without leaving the root. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import { compareText } from "../../../core/order.ts";
import { bounds as ociBounds } from "../../../engines/oci/bounds.ts";
import { bounds } from "../bounds.ts";
import { createHostGaps, type HostEntry, type HostView, isDevice } from "./view.ts";

export function folderView(root: string): HostView {
  const gaps = createHostGaps(bounds.hostGaps);

  function find(path: string): HostEntry | undefined {
    try {
      const real = resolve(path);
      if (real === undefined) return undefined;
      const stat = lstatSync(join(root, real));
      return {
        path: real,
        type: stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other",
        mode: stat.mode & 0o7777,
        owner: stat.uid,
        group: stat.gid,
      };
    } catch (error) {
      if (!isNothing(error)) gaps.add(path, causeOf(error));
      return undefined;
    }
  }

  /** The real path of what is there; undefined where nothing is. */
  function resolve(path: string): string | undefined {
    const pending = path.split("/").reverse();
    const names: string[] = [];
    let links = 0;
    /** As long as no less is pending, a symlink's target is followed. */
    let inTarget = Number.POSITIVE_INFINITY;
    while (pending.length > 0) {
      const name = pending.pop() as string;
      if (pending.length < inTarget) inTarget = Number.POSITIVE_INFINITY;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        names.pop();
        continue;
      }
      const at = [...names, name].join("/");
      const stat = lstatSync(join(root, at), { throwIfNoEntry: false });
      if (stat === undefined) {
        if (inTarget <= pending.length && !isDevice(at)) {
          gaps.add(path, `a symlink on the way leads to /${at}, which does not exist`);
        }
        return undefined;
      }
      if (!stat.isSymbolicLink()) {
        names.push(name);
        continue;
      }
      links += 1;
      if (links > ociBounds.symlinks || pending.length > ociBounds.pathDepth) {
        gaps.add(path, "too many symlinks on the way");
        return undefined;
      }
      inTarget = Math.min(inTarget, pending.length);
      const target = readlinkSync(join(root, at));
      if (target.startsWith("/")) names.length = 0;
      pending.push(...target.split("/").reverse());
    }
    return names.join("/");
  }

  return {
    find,
    list(path) {
      const folder = find(path);
      if (folder?.type !== "directory") return [];
      try {
        return readdirSync(join(root, folder.path)).sort(compareText);
      } catch (error) {
        gaps.add(folder.path, causeOf(error));
        return [];
      }
    },
    read({ path }) {
      try {
        return readText(join(root, path));
      } catch (error) {
        gaps.add(path, causeOf(error));
        return undefined;
      }
    },
    gaps: () => gaps.all(),
  };
}

/** A file stands where a folder is asked for. */
function isNothing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** The code alone: the message names a path of this machine. */
function causeOf(error: unknown): string {
  if (error instanceof Error && "code" in error) {
    return error.code === "EACCES" || error.code === "EPERM"
      ? "access denied"
      : `cannot be read (${String(error.code)})`;
  }
  return (error as Error).message;
}

function readText(path: string): string {
  // It may have become a symlink or a pipe since it was looked up: neither is followed or waited for.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new Error("not a regular file");
    if (stat.size > bounds.hostConfigurationBytes) {
      throw new Error(`exceeds the limit of ${bounds.hostConfigurationBytes} bytes`);
    }
    const buffer = Buffer.alloc(stat.size);
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}

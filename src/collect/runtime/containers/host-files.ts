/**
 * Files of a host whose root may be mounted elsewhere (`--root /host`): every path is looked up from that root, links
 * included, so that none leads to a file of the machine that reads. Some are of users who are not root: pipes and huge files
 * are expected.
 */
import { constants, existsSync, lstatSync, readlinkSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";

export interface HostFiles {
  readonly root: string;
  /** Where a path of the host is on this machine, its links followed; undefined where it leads to nothing. */
  find(path: string): string | undefined;
  /**
   * The bytes of a file; undefined where there is none.
   *
   * @throws Problem `events.container-file`: it is no file, over the limit, or cannot be read
   */
  bytes(path: string, limit: number): Promise<Buffer | undefined>;
  /** The JSON of it. @throws as bytes, and where it is none */
  json(path: string, limit: number): Promise<unknown>;
  /** Names in a directory, the first ones; none where there is no directory. @throws as bytes */
  names(path: string, most: number): Promise<readonly string[]>;
}

/** As the kernel follows them. */
const MOST_LINKS = 40;

export function hostFiles(root = "/"): HostFiles {
  async function bytes(path: string, limit: number): Promise<Buffer | undefined> {
    const real = find(root, path);
    if (real === undefined) return undefined;
    try {
      // Opening a pipe would wait for whoever writes to it.
      const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const stat = await file.stat();
        if (!stat.isFile()) throw unread(path, "not a file");
        const chunks: Buffer[] = [];
        let size = 0;
        for (;;) {
          // One byte more than it has, so that one that grows is seen.
          const chunk = Buffer.allocUnsafe(Math.min(Math.max(stat.size - size, 0) + 1, 1024 * 1024));
          const { bytesRead } = await file.read(chunk, 0, chunk.length);
          if (bytesRead === 0) return Buffer.concat(chunks, size);
          size += bytesRead;
          if (size > limit) throw unread(path, `exceeds the limit of ${limit} bytes`);
          chunks.push(chunk.subarray(0, bytesRead));
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      return missing(error, path);
    }
  }

  return {
    root,
    find: (path) => find(root, path),
    bytes,
    async json(path, limit) {
      const found = await bytes(path, limit);
      if (found === undefined) return undefined;
      try {
        return parseJson(found.toString("utf8"));
      } catch {
        // It may have been read while it was written: the next look finds it whole.
        throw unread(path, "not JSON");
      }
    },
    async names(path, most) {
      const real = find(root, path);
      if (real === undefined) return [];
      try {
        return (await readdir(real)).slice(0, most);
      } catch (error) {
        missing(error, path);
        return [];
      }
    },
  };
}

/** Undefined for what is not there; anything else is said. */
function missing(error: unknown, path: string): undefined {
  if (error instanceof Problem) throw error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw unread(path, systemCause(error));
}

function unread(path: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "events.container-file", place: path, cause });
}

/** A link is looked up from the host's root, and `..` ends there. */
function find(root: string, path: string): string | undefined {
  let links = 0;
  const done: string[] = [];
  const open = path.split("/").reverse();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const here = join(root, ...done, part);
    let target: string | undefined;
    try {
      target = lstatSync(here).isSymbolicLink() ? readlinkSync(here) : undefined;
    } catch {
      return undefined;
    }
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (++links > MOST_LINKS) return undefined;
    if (target.startsWith("/")) done.length = 0;
    open.push(...target.split("/").reverse());
  }
  const found = join(root, ...done);
  return existsSync(found) ? found : undefined;
}

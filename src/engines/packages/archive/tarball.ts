/**
 * Tar archives of packages, in memory: npm's `.tgz`, Python's source distributions, crates and gems. Nothing is written to
 * a disk. Files are read as npm (node-tar) and pip (tarfile) leave them: the last of one name counts.
 */
import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { cleanPath } from "../../oci/path.ts";
import { createTarWalker } from "../../oci/tar.ts";
import { bounds } from "./bounds.ts";
import type { Faults, PackageFile } from "./files.ts";

const CHUNK_BYTES = 256 * 1024;

/** Throws Problem `packages.archive` for what is no gzip, and for what is over a bound. Several members are one stream. */
export function gunzip(bytes: Buffer, place: string): Buffer {
  const limit = Math.min(bounds.unpackedBytes, Math.max(bounds.ratioFreeBytes, bytes.length * bounds.ratio));
  try {
    return gunzipSync(bytes, { maxOutputLength: limit, chunkSize: CHUNK_BYTES });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw problem(place, `inflates to more than ${limit} bytes`);
    if (code === "Z_BUF_ERROR") return truncated(bytes, limit, place);
    throw problem(place, `cannot be inflated (${message})`);
  }
}

/** What there is of a stream that was cut off: the walker says where the archive ends. */
function truncated(bytes: Buffer, limit: number, place: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit, chunkSize: CHUNK_BYTES, finishFlush: 2 });
  } catch {
    throw problem(place, "ends inside its compressed stream");
  }
}

export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What links do: npm leaves them out, pip and cargo write them. */
export type LinkRule = "left-out" | "followed";

/** The files by their whole names. What is broken or skipped is added to the faults; what came before it is kept. */
export function tarFiles(tar: Buffer, place: string, links: LinkRule, faults: Faults): Map<string, PackageFile> {
  const files = new Map<string, PackageFile>();
  const targets = new Map<string, string>();
  let count = 0;
  const walker = createTarWalker(place, {
    entry(entry) {
      count += 1;
      if (count > bounds.entries) throw problem(place, `has more than ${bounds.entries} entries`);
      const path = cleanPath(entry.name.replaceAll("\\", "/"));
      if (path === undefined || path === "") {
        if (entry.type !== "directory") faults.add("entries with a name that is no path are not read", entry.name);
        return false;
      }
      if (leavesRoot(entry.name)) faults.add("names that leave the package are read as if its root were /", entry.name);
      if (entry.type === "symlink" || entry.type === "hardlink") {
        if (links === "left-out") return false;
        const target = entry.type === "symlink" ? within(path, entry.link) : cleanPath(entry.link);
        if (target === undefined) faults.add("links out of the package are not followed", entry.name);
        else targets.set(path, target);
        files.delete(path);
        return false;
      }
      if (entry.type !== "file") {
        if (entry.type === "other") faults.add("entries that are neither files nor links are not read", entry.name);
        return false;
      }
      if (entry.sparse) {
        faults.add("sparse files are not read", entry.name);
        return false;
      }
      // The archive is in memory: content is a view of it. What the archive ends before is told by the walker.
      const bytes = tar.subarray(entry.offset, entry.offset + entry.size);
      if (bytes.length < entry.size)
        faults.add("files that the archive ends within are read as far as they go", entry.name);
      targets.delete(path);
      files.delete(path);
      files.set(path, { path, bytes, executable: (entry.mode & 0o111) !== 0 });
      return false;
    },
  });
  try {
    walker.write(tar);
    walker.end();
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    faults.add(`reading ends early (${error.message})`, error.place.slice(place.length).replace(/^, /, "") || place);
  }
  follow(files, targets, faults);
  return files;
}

function follow(files: Map<string, PackageFile>, targets: ReadonlyMap<string, string>, faults: Faults): void {
  for (const [path, first] of targets) {
    let target: string | undefined = first;
    for (let step = 0; step < bounds.links && target !== undefined && targets.has(target); step++) {
      target = targets.get(target);
    }
    const file = target === undefined ? undefined : files.get(target);
    if (file !== undefined) files.set(path, { ...file, path });
    else if (target !== undefined && !isDirectory(files, target))
      faults.add("links to nothing in the package are not followed", path);
  }
}

function isDirectory(files: ReadonlyMap<string, PackageFile>, path: string): boolean {
  const prefix = path === "" ? "" : `${path}/`;
  return files.keys().some((each) => each.startsWith(prefix));
}

/** The target of a symlink within the root; undefined where it leaves it. */
function within(path: string, link: string): string | undefined {
  if (posix.isAbsolute(link)) return undefined;
  const target = posix.normalize(posix.join(posix.dirname(path), link));
  return target === ".." || target.startsWith("../") ? undefined : cleanPath(target);
}

function leavesRoot(name: string): boolean {
  return name.startsWith("/") || name.startsWith("../") || name.includes("/../") || name.includes("\\..\\");
}

export function problem(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "packages.archive", place, cause });
}

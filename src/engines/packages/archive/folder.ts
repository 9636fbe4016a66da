/** A package that lies unpacked in a directory. Links are not followed, and nothing outside of it is read. */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../../../core/printable.ts";
import { asProblem } from "../../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { createFaults, type PackageFile, type PackageFiles } from "./files.ts";
import { problem } from "./tarball.ts";

/** Directories that a package has only where it is being worked on. */
const LEFT_OUT = new Set([".git", ".hg", ".svn", "__pycache__"]);
const DEPTH = 64;

/** Throws Problem where the directory cannot be read, or holds nothing. */
export async function folderFiles(folder: string): Promise<PackageFiles> {
  const place = printable(folder);
  const faults = createFaults(place);
  const files = new Map<string, PackageFile>();
  let left: number = bounds.unpackedBytes;
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(join(folder, path), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (LEFT_OUT.has(entry.name)) continue;
        if (depth >= DEPTH) faults.add("directories beyond the limit of depth are not read", inner);
        else await walk(inner, depth + 1);
      } else if (entry.isSymbolicLink()) faults.add("links are not followed", inner);
      else if (!entry.isFile()) faults.add("entries that are no files are not read", inner);
      else {
        if (files.size >= bounds.entries) throw problem(place, `has more than ${bounds.entries} files`);
        const { size, mode } = await stat(join(folder, inner));
        left -= size;
        if (size > bounds.entryBytes || left < 0) faults.add("files beyond the limit of bytes are not read", inner);
        else
          files.set(inner, {
            path: inner,
            bytes: await read(join(folder, inner), size),
            executable: (mode & 0o111) !== 0,
          });
      }
    }
  };
  try {
    await walk("", 0);
  } catch (error) {
    throw asProblem(error, place);
  }
  if (files.size === 0) throw problem(place, "has no file that can be read");
  return { files, gaps: faults.gaps() };
}

async function read(path: string, size: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

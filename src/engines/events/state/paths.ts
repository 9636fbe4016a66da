/** Paths as `fd.name` shows them: joined to their directory, without `.`, `..` and doubled slashes; links are not followed. */

import { bounds } from "../bounds.ts";

/** Longest path that is built, in bytes: a directory and a name as long as the kernel takes them. */
const longest = bounds.pathBytes;

/** In place of what is longer, as Falco has it. */
const tooLong = "/DIR_TOO_LONG/FILENAME_TOO_LONG";

/** The directory where nothing tells which it is, as Falco has it: `<UNKNOWN>passwd`. */
export const unknownDirectory = "<UNKNOWN>";

const slash = 47;
const scratch = Buffer.alloc(longest + 2);

/**
 * A name below a directory; a name that starts with a slash stands alone.
 *
 * @param directory - normalized, with a slash at its end, or empty
 * @param name - byte string, as it was passed to the kernel
 */
export function joinPath(directory: string, name: string): string {
  const absolute = name.charCodeAt(0) === slash;
  if (isPlain(name, absolute)) return absolute ? name : bounded(directory, name);
  if (name.length + directory.length > longest) return tooLong;
  return normalized(absolute ? "" : directory, name);
}

/** Most names need no work. */
function isPlain(name: string, absolute: boolean): boolean {
  const { length } = name;
  if (length === 0 || length > longest || (length > 1 && name.charCodeAt(length - 1) === slash)) return false;
  if (!absolute && name.charCodeAt(0) === 46) return false;
  return !name.includes("/.") && !name.includes("//");
}

/** A name as it was passed to the kernel, which takes no longer one. */
export function nameAsPassed(name: string): string {
  return name.length > longest ? tooLong : name;
}

function bounded(directory: string, name: string): string {
  return directory.length + name.length > longest ? tooLong : directory + name;
}

/** Writes the directory as it is, then each part of the name behind it; `..` takes one part back, from the directory too. */
function normalized(directory: string, name: string): string {
  let end = scratch.write(directory, 0, "latin1");
  let at = 0;
  while (at < name.length) {
    const next = name.indexOf("/", at);
    const stop = next === -1 ? name.length : next;
    const afterSlash = end === 0 || scratch[end - 1] === slash;
    const part = stop - at;
    if (part === 0) {
      if (end === 0 && directory === "" && at === 0) scratch[end++] = slash;
    } else if (afterSlash && part === 1 && name.charCodeAt(at) === 46) {
      // Here.
    } else if (afterSlash && part === 2 && name.charCodeAt(at) === 46 && name.charCodeAt(at + 1) === 46) {
      end = above(end);
    } else {
      end += scratch.write(name.slice(at, stop), end, "latin1");
      if (next !== -1) scratch[end++] = slash;
    }
    at = stop + 1;
  }
  if (end > 1 && scratch[end - 1] === slash) end -= 1;
  return scratch.toString("latin1", 0, end);
}

/** Where the part before the last one ends; the root has none above. */
function above(end: number): number {
  if (end <= 1) return end;
  return scratch.lastIndexOf(slash, end - 2) + 1;
}

/** A directory with the slash at its end that {@link joinPath} wants. */
export function asDirectory(path: string): string {
  return path === "" || path.endsWith("/") ? path : `${path}/`;
}

/** Without ` (deleted)`, which the kernel writes behind the path of a program that is no longer there. */
export function withoutDeleted(path: string): string {
  return path.endsWith(" (deleted)") && path.length > 10 ? path.slice(0, -10) : path;
}

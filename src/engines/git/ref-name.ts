/** Names of refs, and single refs by them. */
import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { kindOfFile, readWhole } from "./files.ts";
import type { Located } from "./locate.ts";

/** What git-check-ref-format(1) allows, with or without a slash. */
export function isRefName(name: string): boolean {
  if (name === "" || name === "@" || name.endsWith(".") || name.includes("..") || name.includes("@{")) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses them
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/** Refs of which each work tree has its own (git-worktree(1), "REFS"). */
const OWN = /^refs\/(?:bisect|worktree|rewritten)\//;

/**
 * The id that a whole name (`refs/heads/main`, `HEAD`) leads to; undefined where there is none.
 *
 * @throws {Problem} `git.ref-broken`
 */
export function readRefNamed(name: string, { gitFolder, commonFolder }: Located, idBytes: number): string | undefined {
  const hex = new RegExp(`^[0-9a-f]{${idBytes * 2}}$`, "i");
  let next = name;
  for (let steps = 0; steps <= bounds.gitSymbolicRefs; steps++) {
    if (!isRefName(next)) throw broken(next, "names no ref");
    const own = OWN.test(next) || !next.startsWith("refs/");
    const text =
      looseRef(join(own ? gitFolder : commonFolder, next)) ?? (own ? undefined : packedRef(commonFolder, next, hex));
    if (text === undefined) return undefined;
    if (text.startsWith(SYMBOLIC)) {
      next = text.slice(SYMBOLIC.length).trim();
      continue;
    }
    // What follows an id is FETCH_HEAD's and the like.
    const id = text.slice(0, idBytes * 2);
    if (!hex.test(id) || /^\S/.test(text.slice(idBytes * 2))) throw broken(next, "names no object");
    return id.toLowerCase();
  }
  throw broken(name, "it leads from ref to ref");
}

const SYMBOLIC = "ref:";

function looseRef(path: string): string | undefined {
  const kind = kindOfFile(path);
  if (kind === "folder") return undefined;
  if (kind === "other" && lstatSync(path).isSymbolicLink()) {
    // The oldest form of a symbolic ref; one that is no ref's name is read as the file that it leads to.
    const target = readlinkSync(path);
    if (target.startsWith("refs/") && isRefName(target)) return `${SYMBOLIC} ${target}`;
  }
  return readWhole(path, bounds.gitFileBytes)?.toString("latin1").trimEnd();
}

function packedRef(commonFolder: string, name: string, hex: RegExp): string | undefined {
  const path = join(commonFolder, "packed-refs");
  const bytes = readWhole(path, bounds.gitPackedRefsBytes);
  if (bytes === undefined) return undefined;
  const wanted = Buffer.from(name).toString("latin1");
  let found: string | undefined;
  let previous = "";
  let sorted = false;
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const feed = bytes.indexOf(10, start);
    if (feed === -1) throw broken(`${path}:${number}`, "the line does not end");
    const line = bytes.toString("latin1", start, feed);
    start = feed + 1;
    if (number === 1 && line.startsWith("# pack-refs with:")) sorted = line.split(/[ :]/).includes("sorted");
    else if (!line.startsWith("^") || !hex.test(line.slice(1))) {
      const space = line.indexOf(" ");
      const id = line.slice(0, Math.max(space, 0));
      const ref = line.slice(space + 1);
      // Git searches by halves in what says that it is sorted: elsewhere it would find otherwise, or nothing.
      if (!hex.test(id) || !isRefName(ref) || (sorted && ref <= previous)) {
        throw broken(`${path}:${number}`, "the line is out of order, or names no ref and object");
      }
      previous = ref;
      if (ref !== wanted) continue;
      if (found !== undefined) throw broken(`${path}: ${name}`, "listed twice");
      found = id;
    }
  }
  return found;
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.ref-broken", place, cause });
}

import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { kindOfFile, names, readWhole } from "./files.ts";
import type { Gaps } from "./gaps.ts";
import type { RefFacts } from "./model.ts";

/** The refs of a repository kept in files (gitrepository-layout; git-pack-refs(1)). */
export interface Refs {
  /** Sorted by name; those of other work trees are named as git names them: `worktrees/NAME/HEAD`. */
  readonly refs: readonly RefFacts[];
  readonly head?: string;
  readonly branch?: string;
}

/**
 * @param gitFolder - of HEAD
 * @param commonFolder - of refs and packed-refs; the same save for a linked work tree
 * @throws {Problem} where HEAD or packed-refs cannot be read
 */
export function readRefs(gitFolder: string, commonFolder: string, idBytes: number, gaps: Gaps): Refs {
  const hex = new RegExp(`^[0-9a-f]{${idBytes * 2}}$`);
  const raw = readPacked(join(commonFolder, "packed-refs"), hex, gaps);
  let looked = 0;
  /** Reads `folder`/`start` and below into refs named `prefix`+path. A link is read as what it leads to, once. */
  const gather = (folder: string, start: string, prefix: string): void => {
    const waiting = [start];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (++looked > bounds.gitRefs || name.length > bounds.pathBytes) throw tooMany(folder);
      const path = join(folder, name);
      try {
        if (kindOfFile(path) === "folder") for (const each of names(path).reverse()) waiting.push(`${name}/${each}`);
        else if (!name.endsWith(".lock")) {
          const value = readRef(path);
          if (value !== undefined) raw.set(prefix + name, value);
        }
      } catch (error) {
        gaps.caught(error);
      }
    }
  };
  gather(commonFolder, "refs", "");
  const others = names(join(commonFolder, "worktrees")).map((name) => join("worktrees", name));
  for (const other of others) {
    gather(join(commonFolder, other), "HEAD", `${other}/`);
    gather(join(commonFolder, other), "refs", `${other}/`);
  }
  if (gitFolder !== commonFolder) {
    gather(commonFolder, "HEAD", "main-worktree/");
    gather(gitFolder, "refs", "");
  }
  const headText = readRef(join(gitFolder, "HEAD"));
  if (headText === undefined) throw refProblem(join(gitFolder, "HEAD"), "not there");
  raw.set("HEAD", headText);

  const refs: RefFacts[] = [];
  for (const [name, value] of raw) {
    const id = resolve(value, raw);
    if (id !== undefined && hex.test(id)) refs.push({ name, id });
    // A symbolic ref to a branch without commits is no trouble: HEAD of a new repository is one.
    else if (id !== undefined) gaps.caught(refProblem(name, "names no object"));
  }
  refs.sort((left, right) => (left.name < right.name ? -1 : 1));
  const head = refs.find(({ name }) => name === "HEAD")?.id;
  const branch = headText.startsWith(SYMBOLIC) ? headText.slice(SYMBOLIC.length).trim() : undefined;
  return { refs, ...(head === undefined ? {} : { head }), ...(branch === undefined ? {} : { branch }) };
}

const SYMBOLIC = "ref:";

/** Undefined where it leads to a ref that is not there; the text itself where it leads nowhere within the bound. */
function resolve(value: string, raw: ReadonlyMap<string, string>): string | undefined {
  let text = value;
  for (let steps = 0; steps < bounds.gitSymbolicRefs && text.startsWith(SYMBOLIC); steps++) {
    const next = raw.get(text.slice(SYMBOLIC.length).trim());
    if (next === undefined) return undefined;
    text = next;
  }
  return text;
}

function readRef(path: string): string | undefined {
  const bytes = readWhole(path, bounds.gitFileBytes);
  // What follows a line feed is FETCH_HEAD's and the like.
  return bytes?.toString("utf8", 0, REF_LENGTH).split("\n", 1)[0]?.trim();
}

const REF_LENGTH = 4_200;

function readPacked(path: string, hex: RegExp, gaps: Gaps): Map<string, string> {
  const refs = new Map<string, string>();
  const bytes = readWhole(path, bounds.gitPackedRefsBytes);
  if (bytes === undefined) return refs;
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    // A header begins with #; what a tag leads to follows it after ^.
    if (bytes[start] !== 0x23 && bytes[start] !== 0x5e && end > start) {
      const text = bytes.toString("utf8", start, Math.min(end, start + REF_LENGTH));
      const space = text.indexOf(" ");
      const id = text.slice(0, space);
      if (space === -1 || !hex.test(id)) gaps.caught(refProblem(`${path}:${line}`, "the line names no object"));
      else refs.set(text.slice(space + 1).trim(), id);
      if (refs.size > bounds.gitRefs) throw tooMany(path);
    }
    start = end + 1;
  }
  return refs;
}

function refProblem(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.ref-broken", place, cause });
}

function tooMany(place: string): Problem {
  const cause = `over ${bounds.gitRefs} refs`;
  return new Problem({ kind: "input", code: "git.too-many-refs", place, cause });
}

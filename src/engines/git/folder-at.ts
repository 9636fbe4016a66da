/** The files of a directory, as a commit has it. */
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { BLOB, TREE } from "./entry.ts";
import { objectAt, openReading } from "./file-at.ts";
import { FETCH, readRevision, refused, treeOf } from "./revision.ts";
import { eachTreeEntry } from "./tree.ts";

export interface CommittedFile {
  /** From the directory, with `/`; its parts are names that a file may have. */
  readonly path: string;
  readonly kind: "file" | "link";
  /** Of a link where it leads. */
  readonly bytes: Buffer;
}

export interface FolderLimits {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Files and links below a directory of a commit, from the files of the repository whose work tree `folder` is in. Git is
 * not run, and every object has the bytes that its id says.
 *
 * @param path - from the root of the repository, with `/`; empty for all of it
 * @param wants - asked of each path; what it does not want is not read
 * @throws {Problem} of kind input, as `readFileAt` does; `git.folder-over` over the limits
 */
export function* readFolderAt(
  folder: string,
  revision: string,
  path: string,
  wants: (path: string) => boolean,
  limits: FolderLimits,
): Generator<CommittedFile> {
  const reading = openReading(folder);
  const { lookup, idBytes } = reading;
  const root =
    path === ""
      ? treeOf(readRevision(revision, reading), revision, reading)
      : objectAt(revision, path, "folder", reading);
  const over = (cause: string) =>
    new Problem({ kind: "input", code: "git.folder-over", place: `${revision}:${path}`, cause });
  const pending = [{ below: "", id: root.id, depth: 0 }];
  let files = 0;
  let total = 0;
  let folders = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { below, id, depth } = next;
    if (++folders > limits.files) throw over(`more than ${limits.files} directories`);
    if (depth > bounds.pathDepth) throw over(`directories more than ${bounds.pathDepth} deep`);
    const tree = lookup.read(id);
    if (tree === undefined) throw refused(revision, `object ${id} is not in the repository`, FETCH);
    if (tree.type !== TREE) throw refused(`tree ${id}`, "broken");
    for (const entry of entriesOf(tree.bytes, idBytes, id)) {
      if (entry.kind === "submodule") continue;
      const at = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.kind === "folder") {
        if (at.length > bounds.pathBytes) throw over(`a path of more than ${bounds.pathBytes} characters`);
        pending.push({ below: at, id: entry.id, depth: depth + 1 });
        continue;
      }
      if (!wants(at)) continue;
      if (++files > limits.files) throw over(`more than ${limits.files} files`);
      const blob = lookup.read(entry.id);
      if (blob === undefined) throw refused(revision, `object ${entry.id} is not in the repository`, FETCH);
      if (blob.type !== BLOB) throw refused(`blob ${entry.id}`, "broken");
      total += blob.bytes.length;
      if (total > limits.bytes) throw over(`files of more than ${limits.bytes} bytes together`);
      yield { path: at, kind: entry.kind, bytes: blob.bytes };
    }
  }
}

interface Entry {
  readonly kind: "file" | "link" | "folder" | "submodule";
  readonly name: string;
  readonly id: string;
}

/** Of each name the first, as git takes it. @throws {Problem} where a name is none of a file */
function entriesOf(bytes: Buffer, idBytes: number, treeId: string): Entry[] {
  const entries = new Map<string, Entry>();
  const whole = eachTreeEntry(bytes, idBytes, (kind, tree, nameAt, nameEnd, idAt) => {
    const name = tree.toString("utf8", nameAt, nameEnd);
    if (!entries.has(name)) entries.set(name, { kind, name, id: tree.toString("hex", idAt, idAt + idBytes) });
  });
  // What git's own checkout refuses: a name that would leave the directory, or be another repository's.
  const bad = [...entries.keys()].find((name) => /^\.{0,2}$|[/\\\0]/.test(name) || name.toLowerCase() === ".git");
  if (!whole || bad !== undefined) throw refused(`tree ${treeId}`, "broken");
  return [...entries.values()];
}

/** Which repository a directory says that it is of: read from files alone, git is not run. */
import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Problem } from "../../core/problem.ts";
import { type ConfigEntry, readConfigText } from "./config-syntax.ts";
import { kindOfFile, readWhole } from "./files.ts";
import { remoteName } from "./remote-name.ts";

/** What a checkout says of itself: a claim of whoever wrote it. */
export interface Checkout {
  /** The directory's path from the root of the work tree, with slashes; empty for the root, and where there is none. */
  readonly path: string;
  /** `github.com/acme/shop`: of the remote `origin`, else of the only one. */
  readonly remote?: string;
  /** Why there is none, one clause; absent where there is one. */
  readonly reason?: string;
}

/** A `.git` file, commondir, and a configuration: bytes. Git's own are a few hundred. */
const POINTER_BYTES = 64 * 1024;
const CONFIG_BYTES = 1024 * 1024;
/** Directories above that are looked at. */
const LEVELS = 256;

/**
 * The repository of the work tree that a directory is in, found as git finds it: the nearest `.git` at or above it, a
 * directory or a file that names one (linked work trees, submodules). Never throws: what cannot be read is a reason.
 *
 * Only the repository's own configuration is read. Not followed: `include` and `includeIf`, `config.worktree`, and
 * `url.*.insteadOf`, all of which are settings of one machine, or may name any file of it.
 */
export function readCheckout(folder: string): Checkout {
  let start: string;
  try {
    start = realpathSync(folder);
  } catch {
    return { path: "", reason: "the directory cannot be read" };
  }
  const top = workTree(start);
  if (top === undefined) return { path: "", reason: "the directory is not in a Git work tree" };
  const path = relative(top, start).split(sep).join("/");
  try {
    return { path, ...remoteOf(join(commonFolder(top), "config")) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { path, reason: `the repository's configuration cannot be read: ${error.message}` };
  }
}

/**
 * A directory's path from the root of the work tree that it is in, with slashes; empty for the root, undefined where it is in
 * none. Never throws.
 */
export function pathInWorkTree(folder: string): string | undefined {
  try {
    const start = realpathSync(folder);
    const top = workTree(start);
    return top === undefined ? undefined : relative(top, start).split(sep).join("/");
  } catch {
    return undefined;
  }
}

function workTree(start: string): string | undefined {
  let folder = start;
  for (let level = 0; level < LEVELS; level++) {
    const dotGit = join(folder, ".git");
    const kind = kindOfFile(dotGit);
    if (kind === "file" || (kind !== undefined && kindOfFile(join(dotGit, "HEAD")) !== undefined)) return folder;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return undefined;
}

/** Where the configuration is that all work trees of a repository share (gitrepository-layout, `commondir`). */
function commonFolder(top: string): string {
  const dotGit = join(top, ".git");
  const pointer = kindOfFile(dotGit) === "file" ? textOf(dotGit, POINTER_BYTES) : undefined;
  const named = pointer?.startsWith("gitdir:") === true ? pointer.slice("gitdir:".length).trim() : undefined;
  const gitFolder = named === undefined ? dotGit : resolve(top, named);
  const common = textOf(join(gitFolder, "commondir"), POINTER_BYTES)?.trim();
  return common === undefined ? gitFolder : resolve(gitFolder, common);
}

function remoteOf(file: string): Pick<Checkout, "remote" | "reason"> {
  const text = textOf(file, CONFIG_BYTES);
  if (text === undefined) return { reason: "the repository has no configuration" };
  const { entries, brokenAt } = readConfigText(text);
  if (brokenAt !== undefined) return { reason: `line ${brokenAt} of the repository's configuration is invalid` };
  const urls = remoteUrls(entries);
  const [only, ...others] = urls;
  const chosen = urls.get("origin") ?? (others.length === 0 ? only?.[1] : undefined);
  if (chosen === undefined) {
    const reason = only === undefined ? "the repository has no remote" : "several remotes and none called origin";
    return { reason };
  }
  const remote = remoteName(chosen);
  return remote === undefined ? { reason: "the remote is not an address that is valid on other machines" } : { remote };
}

/** Name → its first address, which is what git fetches from; an empty one takes back those before it. */
function remoteUrls(entries: readonly ConfigEntry[]): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const { section, subsection, key, value = "" } of entries) {
    if (section !== "remote" || subsection === undefined || key !== "url") continue;
    if (value === "") urls.delete(subsection);
    else if (!urls.has(subsection)) urls.set(subsection, value);
  }
  return urls;
}

function textOf(path: string, maxBytes: number): string | undefined {
  return readWhole(path, maxBytes)?.toString("utf8");
}

/** Finds what there is to judge below a folder. Looks at names and first bytes; follows no symlink. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { bounds } from "../core/bounds.ts";
import { Problem } from "../core/problem.ts";
import { looksLikeArchive } from "../engines/oci/archive.ts";
import { isLockfile } from "./lockfiles.ts";

export interface Discovery {
  /** OCI layout folders and image archives, as paths below the folder that was given, sorted. */
  readonly images: readonly string[];
  /** Lockfiles, relative to the folder that was given, sorted. */
  readonly lockfiles: readonly string[];
  /** What was seen and no check looks at yet: a word for the kind → how many. */
  readonly unjudged: ReadonlyMap<string, number>;
}

/** Folders that hold other people's files or the history of ours. */
const skipped = new Set([".git", ".hg", ".svn", "node_modules"]);

const ARCHIVE = /\.(?:tar|tgz|tar\.gz|tar\.zst)$/;

/** Kinds of files that the layers to come will judge, told by their names. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ["Dockerfile", /(?:^|\/)(?:(?:Dockerfile|Containerfile)(?:\.[^/]+)?|[^/]+\.(?:Dockerfile|dockerfile))$/],
  ["Compose file", /(?:^|\/)(?:docker-)?compose(?:\.[^/]+)?\.ya?ml$/],
  ["workflow", /(?:^|\/)(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml)$/],
];

export async function discover(root: string): Promise<Discovery> {
  const images: string[] = [];
  const lockfiles: string[] = [];
  const unjudged = new Map<string, number>();
  const pending = [root];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(folder, folder === root);
    if (listed.some((entry) => entry.name === "oci-layout") && existsSync(join(folder, "index.json"))) {
      images.push(folder);
      continue;
    }
    entries += listed.length;
    if (entries > bounds.entries) {
      throw new Problem({
        kind: "input",
        code: "collect.folder",
        place: root,
        cause: `more than ${bounds.entries} entries`,
        remedy: "name a folder further down",
      });
    }
    for (const entry of listed) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) pending.push(path);
      } else if (entry.isFile()) {
        if (ARCHIVE.test(entry.name) && (await looksLikeArchive(path))) images.push(path);
        const below = relative(root, path);
        if (isLockfile(below)) lockfiles.push(below);
        const kind = kinds.find(([, pattern]) => pattern.test(below))?.[0];
        if (kind !== undefined) unjudged.set(kind, (unjudged.get(kind) ?? 0) + 1);
      }
    }
  }
  return { images: images.sort(), lockfiles: lockfiles.sort(), unjudged };
}

function list(folder: string, isRoot: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!isRoot) return [];
    throw new Problem({
      kind: "usage",
      code: "collect.folder",
      place: folder,
      cause: `it cannot be listed: ${(error as Error).message}`,
    });
  }
}

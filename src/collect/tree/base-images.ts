/** Dockerfiles below a folder, with the images that they build on. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { bounds } from "./bounds.ts";

export interface DockerfileBases {
  /** Below the folder, with slashes. */
  readonly path: string;
  /** Images of its FROM instructions as written, each once, in order. */
  readonly images: readonly string[];
  /** What could not be read of it, one sentence. */
  readonly problem?: string;
}

const NAME = /^(?:(?:Dockerfile|Containerfile)(?:\.[^/]+)?|[^/]+\.[dD]ockerfile)$/;
/** What is named like one and is none. */
const OTHER = /\.(?:dockerignore|md|txt|bak|orig)$/;
const SKIPPED = new Set([".git", ".hg", ".svn", "node_modules", "vendor"]);

/** In the order of their paths. No symlink is followed. @throws Problem `collect.folder` */
export function findDockerfiles(root: string): DockerfileBases[] {
  const found: DockerfileBases[] = [];
  const pending = [""];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(join(root, folder), folder === "");
    entries += listed.length;
    if (entries > collectBounds.entries) {
      const cause = `more than ${collectBounds.entries} entries`;
      throw new Problem({ kind: "input", code: "collect.folder", place: root, cause });
    }
    for (const entry of listed) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) pending.push(path);
      else if (entry.isFile() && NAME.test(entry.name) && !OTHER.test(entry.name)) found.push(read(root, path));
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function read(root: string, path: string): DockerfileBases {
  const file = join(root, path);
  try {
    const { size } = statSync(file);
    if (size > bounds.smallFileBytes) {
      return { path, images: [], problem: `${size} bytes exceed the limit of ${bounds.smallFileBytes}` };
    }
    const { stages } = parseDockerfile(path, readFileSync(file, "utf8"));
    const images = stages.flatMap(({ from }) =>
      from.origin.kind === "image" ? (from.image.value ?? from.image.stated ?? []) : [],
    );
    const open = stages.filter(({ from }) => from.origin.kind === "unknown").length;
    return {
      path,
      images: [...new Set(images)],
      ...(open === 0
        ? {}
        : { problem: `${open} FROM ${open === 1 ? "instruction has" : "instructions have"} a variable` }),
    };
  } catch (error) {
    if (error instanceof Problem || (error instanceof Error && "syscall" in error)) {
      return { path, images: [], problem: error.message };
    }
    throw error;
  }
}

function list(folder: string, isRoot: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!isRoot) return [];
    const cause = `cannot be listed: ${systemCause(error)}`;
    throw new Problem({ kind: "usage", code: "collect.folder", place: folder, cause });
  }
}

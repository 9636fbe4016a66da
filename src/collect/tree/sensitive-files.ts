/** Which files of a build context have the names of secrets. Looks at names alone; follows no symlink. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import type { Dockerfile } from "../../engines/dockerfile/model.ts";
import { bounds } from "./bounds.ts";

/** Folders that hold other people's files. */
const skipped = new Set(["node_modules", "vendor", ".venv", "target"]);

export interface SensitiveFiles {
  /** Paths with slashes, sorted. */
  readonly files: readonly string[];
  /** One where there was more than the bounds let through. Folders from the bounded depth on are not looked into. */
  readonly gaps: readonly Gap[];
}

/** Whether a path, relative to the build context, has the name of a secret. */
export type IsSensitive = (path: string) => boolean;

/** Those in the folder that a Dockerfile is built from, where it copies what may be a folder. @param folder - from the root */
export function sensitiveFilesIn(
  root: string,
  folder: string,
  dockerfile: Dockerfile,
  isSensitive: IsSensitive,
): SensitiveFiles {
  return copiesFolders(dockerfile) ? sensitiveFilesOf(join(root, folder), isSensitive) : { files: [], gaps: [] };
}

function copiesFolders({ instructions }: Dockerfile): boolean {
  return instructions.some(
    (one) =>
      (one.keyword === "COPY" || one.keyword === "ADD") &&
      one.from === undefined &&
      one.sources.some(({ value }) => value !== undefined && /(?:^|\/)(?:\.?|[^./]*)$/.test(value)),
  );
}

/** @param mostEntries - that are looked at */
export function sensitiveFilesOf(
  folder: string,
  isSensitive: IsSensitive,
  mostEntries: number = bounds.contextEntries,
): SensitiveFiles {
  const files: string[] = [];
  const pending = [{ below: "", depth: 0 }];
  let entries = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { below, depth } = next;
    for (const entry of list(join(folder, below))) {
      if (++entries > mostEntries) {
        const reason = `${folder} has more than ${mostEntries} entries`;
        return { files: files.sort(), gaps: [{ code: "dockerfile.context", reason }] };
      }
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (isSensitive(path)) files.push(path);
      else if (entry.isDirectory() && depth < bounds.contextDepth && !skipped.has(entry.name)) {
        pending.push({ below: path, depth: depth + 1 });
      }
    }
  }
  return { files: files.sort(), gaps: [] };
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Finds what there is to judge below a folder. Looks at names and first bytes; follows no symlink. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";
import { looksLikeArchive } from "../../engines/oci/archive.ts";
import { pipelineSystem } from "../../engines/pipelines/read.ts";
import { isKustomization } from "../kubernetes/kustomization-name.ts";
import { isComposeFile, looksLikeManifest, mayHoldManifests } from "../kubernetes/manifests.ts";
import { isDockerfile } from "./dockerfiles.ts";
import { isLockfile } from "./lockfiles.ts";

export interface Discovery {
  /** OCI layout folders and image archives, as paths below the folder that was given, sorted. */
  readonly images: readonly string[];
  /** Lockfiles, relative to the folder that was given, sorted. */
  readonly lockfiles: readonly string[];
  /** Dockerfiles and Containerfiles, relative to the folder that was given, sorted. */
  readonly dockerfiles: readonly string[];
  /** Pipelines of continuous integration, as for lockfiles. */
  readonly pipelines: readonly string[];
  /** Files of Kubernetes objects, as for lockfiles; templates of Helm charts are not among them. */
  readonly manifests: readonly string[];
  /** Compose files, as for lockfiles. */
  readonly composeFiles: readonly string[];
  /** Folders that kustomize builds, and folders of Helm charts, as for lockfiles. */
  readonly kustomizations: readonly string[];
  readonly charts: readonly string[];
  /** Folders that could not be listed, relative to the folder that was given, sorted. */
  readonly unlisted: readonly string[];
}

/** Folders that hold other people's files or the history of ours. */
const skipped = new Set([".git", ".hg", ".svn", "node_modules"]);

const ARCHIVE = /\.(?:tar|tgz|tar\.gz|tar\.zst)$/;

/**
 * @param clock - milliseconds since any moment
 * @throws Problem where the folder cannot be listed, has more entries than their bound, or took longer
 * to look through than its own
 */
export async function discover(root: string, clock: () => number = () => performance.now()): Promise<Discovery> {
  const images: string[] = [];
  const lockfiles: string[] = [];
  const dockerfiles: string[] = [];
  const pipelines: string[] = [];
  const manifests: string[] = [];
  const composeFiles: string[] = [];
  const kustomizations: string[] = [];
  const charts: string[] = [];
  /** Folders of templates of charts, and those below them. */
  const templates = new Set<string>();
  const unlisted: string[] = [];
  const pending = [root];
  let entries = 0;
  const end = clock() + bounds.discoverMilliseconds;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const listed = list(folder, folder === root);
    if (listed === undefined) {
      unlisted.push(relative(root, folder));
      continue;
    }
    if (listed.some((entry) => entry.name === "oci-layout") && existsSync(join(folder, "index.json"))) {
      images.push(folder);
      continue;
    }
    entries += listed.length;
    if (entries > bounds.entries) throw tooMuch(root, `more than ${bounds.entries} entries`);
    if (listed.some(({ name }) => isKustomization(name))) kustomizations.push(relative(root, folder));
    if (listed.some(({ name }) => name === "Chart.yaml")) {
      charts.push(relative(root, folder));
      templates.add(join(folder, "templates"));
    }
    const isTemplate = templates.has(folder);
    for (const entry of listed) {
      if (clock() > end)
        throw tooMuch(root, `it took more than ${bounds.discoverMilliseconds / 1000} s to look through`);
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) pending.push(path);
        if (isTemplate) templates.add(path);
      } else if (entry.isFile()) {
        if (ARCHIVE.test(entry.name) && (await looksLikeArchive(path))) images.push(path);
        const below = relative(root, path);
        if (isLockfile(below)) lockfiles.push(below);
        if (pipelineSystem(below.replaceAll(sep, "/")) !== undefined) pipelines.push(below);
        if (isDockerfile(below)) dockerfiles.push(below);
        if (isComposeFile(below)) composeFiles.push(below);
        else if (!isTemplate && mayHoldManifests(entry.name) && looksLikeManifest(path)) manifests.push(below);
      }
    }
  }
  return {
    images: images.sort(),
    lockfiles: lockfiles.sort(),
    dockerfiles: dockerfiles.sort(),
    pipelines: pipelines.sort(),
    manifests: manifests.sort(),
    composeFiles: composeFiles.sort(),
    kustomizations: kustomizations.sort(),
    charts: charts.sort(),
    unlisted: unlisted.sort(),
  };
}

function tooMuch(root: string, cause: string): Problem {
  const remedy = "name a folder further down";
  return new Problem({ kind: "input", code: "collect.folder", place: root, cause, remedy });
}

/** Undefined where it cannot be listed. */
function list(folder: string, isRoot: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!isRoot) return undefined;
    throw new Problem({
      kind: "usage",
      code: "collect.folder",
      place: folder,
      cause: `it cannot be listed: ${(error as Error).message}`,
    });
  }
}

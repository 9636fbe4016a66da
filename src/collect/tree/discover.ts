/**
 * Finds what there is to judge below a folder, by names and first bytes. A link to a file of the folder is that file; no
 * other link is followed.
 */

import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { append } from "../../core/append.ts";
import { compareText } from "../../core/order.ts";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isComposeFile } from "../../engines/kubernetes/compose/name.ts";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import { looksLikeArchive } from "../../engines/oci/archive.ts";
import { isDirectoryImage } from "../../engines/oci/dir-transport.ts";
import { mayBeServerConfiguration } from "../../engines/oci/server/name.ts";
import { type ForeignPipeline, foreignPipeline } from "../../engines/pipelines/foreign.ts";
import { pipelineKind } from "../../engines/pipelines/system.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { foreignManifests } from "../kubernetes/foreign-manifests.ts";
import { isKustomization } from "../kubernetes/kustomization-name.ts";
import { mayHoldManifests } from "../kubernetes/manifest-names.ts";
import { looksLikeManifest } from "../kubernetes/manifest-text.ts";
import { bounds } from "./bounds.ts";
import { beginsAsDockerfile, isDockerfile, looksLikeDockerfile } from "./dockerfile-name.ts";
import type { Exclusion } from "./exclusion.ts";
import type { InlineDockerfile } from "./inline-dockerfiles.ts";
import { type LinkWithin, linkReader } from "./links.ts";
import { mayBeLockfile } from "./lockfile-name.ts";
import { isBuildRecipe, namedDockerfiles } from "./named-dockerfiles.ts";

export interface Discovery {
  /** OCI layout folders and image archives, as paths below the folder that was given, sorted. */
  readonly images: readonly string[];
  /** Lockfiles, relative to the folder that was given, sorted. */
  readonly lockfiles: readonly string[];
  /** Dockerfiles and Containerfiles, by their names or because something builds them, as for lockfiles. */
  readonly dockerfiles: readonly string[];
  readonly inlineDockerfiles: readonly InlineDockerfile[];
  /** What Compose files give to the builds of Dockerfiles, by path and name. */
  readonly given: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Files that may configure continuous integration, as for lockfiles: by their names. */
  readonly pipelines: readonly string[];
  /** Those of systems that are not read, by path. */
  readonly foreignPipelines: readonly ForeignPipeline[];
  /** Files of Kubernetes objects, as for lockfiles; templates of Helm charts are not among them. */
  readonly manifests: readonly string[];
  /** Compose files, as for lockfiles. */
  readonly composeFiles: readonly string[];
  /** Files that may configure a registry server, as for lockfiles: by their names. */
  readonly registryConfigurations: readonly string[];
  /** Folders that kustomize builds, and folders of Helm charts, as for lockfiles. */
  readonly kustomizations: readonly string[];
  readonly charts: readonly string[];
  /** Folders that could not be listed, relative to the folder that was given, sorted. */
  readonly unlisted: readonly string[];
  /** Links out of the folder, and folders of other people's files, where they may hold manifests. */
  readonly unread: readonly ManifestGap[];
  /** Folders that are looked into for manifests alone, and links that are not followed, as for lockfiles. */
  readonly skipped: readonly string[];
  readonly links: readonly string[];
}

/** Folders that hold other people's files or the history of ours. */
const skipped = new Set([".git", ".hg", ".svn", "node_modules"]);

const ARCHIVE = /\.(?:tar|tgz|tar\.gz|tar\.zst)$/;

/**
 * @param clock - milliseconds since any moment
 * @param exclusion - what is passed over
 * @param only - nothing else is wanted: no lockfile is found
 * @throws Problem where the folder cannot be listed, has more entries than their bound, or took longer
 * to look through than its own
 */
export async function discover(
  root: string,
  clock: () => number = () => performance.now(),
  exclusion?: Pick<Exclusion, "excludes">,
  only?: "manifests",
): Promise<Discovery> {
  const isLockfile = only === "manifests" ? () => false : isNamedLockfile;
  const isExcluded = (path: string, isDirectory: boolean): boolean =>
    exclusion?.excludes(slashed(relative(root, path)), isDirectory) === true;
  const found = nothing();
  /** Folders of templates of charts, and those below them. */
  const templates = new Set<string>();
  const links = linkReader(root);
  const foreign: string[] = [];
  const pending = [root];
  let entries = 0;
  const end = clock() + bounds.discoverMilliseconds;
  const late = () => clock() > end;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let listed = list(folder, folder === root);
    if (listed === undefined) {
      found.unlisted.push(relative(root, folder));
      continue;
    }
    // A layout's own files are of names that nothing else has: what else is in its folder is looked at like all.
    if (listed.some((entry) => entry.name === "oci-layout") && existsSync(join(folder, "index.json"))) {
      found.images.push(folder);
    } else if (listed.some(({ name }) => name === "version") && isDirectoryImage(folder)) found.images.push(folder);
    entries += listed.length;
    listed = listed.filter((entry) => !isExcluded(join(folder, entry.name), entry.isDirectory()));
    if (entries > collectBounds.entries) throw tooMuch(root, `more than ${collectBounds.entries} entries`);
    if (listed.some(({ name }) => isKustomization(name))) found.kustomizations.push(relative(root, folder));
    if (listed.some(({ name }) => name === "Chart.yaml")) {
      found.charts.push(relative(root, folder));
      templates.add(join(folder, "templates"));
    }
    const isTemplate = templates.has(folder);
    for (const entry of listed) {
      if (late()) throw tooMuch(root, `scanning took more than ${bounds.discoverMilliseconds / 1000} s`);
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        (skipped.has(entry.name) ? foreign : pending).push(path);
        if (isTemplate) templates.add(path);
      } else if (entry.isSymbolicLink()) links.add(path, isTemplate);
      else if (entry.isFile()) await sort(found, root, path, isTemplate, isLockfile);
    }
  }
  await addLinked(found, root, links.within(), isLockfile);
  const { inline, given } = only === "manifests" ? NOTHING_BUILT : await addBuilt(found, root, isExcluded);
  const unread = foreign.sort().flatMap((folder) => foreignManifests(root, folder, late) ?? []);
  for (const kind of ["kustomizations", "charts", "unlisted", ...kinds] as const) found[kind].sort();
  found.foreignPipelines.sort((a, b) => compareText(a.path, b.path));
  return {
    ...found,
    inlineDockerfiles: inline,
    given,
    unread: [...unread, ...links.unread()],
    skipped: foreign.map((folder) => relative(root, folder)),
    links: links.left(),
  };
}

/** Kinds of files that a link may stand for. */
const kinds = [
  "images",
  "lockfiles",
  "dockerfiles",
  "pipelines",
  "manifests",
  "composeFiles",
  "registryConfigurations",
] as const;

/** A link counts where the file that it leads to is not found for the same under its own name. */
async function addLinked(
  found: Found,
  root: string,
  links: readonly LinkWithin[],
  isLockfile: IsLockfile,
): Promise<void> {
  const known = Object.fromEntries(kinds.map((kind) => [kind, new Set(found[kind])]));
  for (const { path, target, isTemplate } of links) {
    const linked = nothing();
    await sort(linked, root, path, isTemplate, isLockfile);
    for (const kind of kinds) {
      const own = kind === "images" ? join(root, target) : target;
      if (known[kind]?.has(own) !== true) append(found[kind], linked[kind]);
    }
  }
}

/**
 * What Compose files, pipelines and other recipes build, whatever it is called: a file below the folder, with no link on the
 * way, that is not excluded. What the latter name is one where it begins as such.
 *
 * @returns what stands in the Compose files themselves, and what they give to the builds of others
 */
async function addBuilt(
  found: Found,
  root: string,
  isExcluded: (path: string, isDirectory: boolean) => boolean,
): Promise<Built> {
  const known = new Set(found.dockerfiles);
  const add = (dockerfile: string, isOne: (path: string) => boolean): void => {
    const path = join(root, dockerfile);
    if (known.has(dockerfile) || dockerfile.startsWith("..") || isExcluded(path, false)) return;
    if (!isPlainFile(root, path) || !isOne(path)) return;
    known.add(dockerfile);
    found.dockerfiles.push(dockerfile);
  };
  const recipes = [...found.recipes, ...found.pipelines, ...found.foreignPipelines.map(({ path }) => path)];
  for (const named of namedDockerfiles(root, recipes.map(slashed))) {
    add(named, (path) => beginsAsDockerfile(path, bounds.smallFileBytes));
  }
  if (found.composeFiles.length === 0) return NOTHING_BUILT;
  const { composeBuilds, givenArguments } = await import("./compose-builds.ts");
  const { builds, inline } = composeBuilds(root, found.composeFiles);
  for (const { dockerfile } of builds) add(dockerfile, () => true);
  return { inline, given: givenArguments(builds) };
}

interface Built {
  readonly inline: Discovery["inlineDockerfiles"];
  readonly given: Discovery["given"];
}

const NOTHING_BUILT: Built = { inline: [], given: new Map() };

function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}

function isPlainFile(root: string, path: string): boolean {
  try {
    return lstatSync(path).isFile() && realpathSync(path) === join(realpathSync(root), relative(root, path));
  } catch {
    return false;
  }
}

type Found = ReturnType<typeof nothing>;

/** By its path below the folder. */
type IsLockfile = (path: string) => boolean | Promise<boolean>;

/** The readers of lockfiles, which are many, are loaded where a name is one of theirs. */
function isNamedLockfile(path: string): boolean | Promise<boolean> {
  return mayBeLockfile(path) && import("./lockfiles.ts").then(({ isLockfile }) => isLockfile(path));
}

function nothing() {
  return {
    images: [] as string[],
    lockfiles: [] as string[],
    dockerfiles: [] as string[],
    recipes: [] as string[],
    pipelines: [] as string[],
    foreignPipelines: [] as ForeignPipeline[],
    manifests: [] as string[],
    composeFiles: [] as string[],
    registryConfigurations: [] as string[],
    kustomizations: [] as string[],
    charts: [] as string[],
    unlisted: [] as string[],
  };
}

/** Puts a file where its name and its bytes say that it belongs. */
async function sort(
  found: Found,
  root: string,
  path: string,
  isTemplate: boolean,
  isLockfile: IsLockfile,
): Promise<void> {
  const name = basename(path);
  if (ARCHIVE.test(name) && (await looksLikeArchive(path))) found.images.push(path);
  const below = relative(root, path);
  if (await isLockfile(below)) found.lockfiles.push(below);
  const withSlashes = slashed(below);
  const foreign = foreignPipeline(withSlashes);
  if (foreign !== undefined) found.foreignPipelines.push(foreign);
  if (pipelineKind(withSlashes) !== undefined) found.pipelines.push(below);
  if (isDockerfile(below) || looksLikeDockerfile(path, bounds.composeBytes)) found.dockerfiles.push(below);
  if (!isTemplate && mayBeServerConfiguration(withSlashes)) found.registryConfigurations.push(below);
  if (isBuildRecipe(name)) found.recipes.push(below);
  if (isComposeFile(below)) found.composeFiles.push(below);
  else if (!isTemplate && mayHoldManifests(name) && looksLikeManifest(path)) found.manifests.push(below);
}

function tooMuch(root: string, cause: string): Problem {
  const remedy = "scan a subdirectory";
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
      cause: systemCause(error),
    });
  }
}

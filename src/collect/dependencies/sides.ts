/** The lockfiles of the two sides of a change: of a directory, of one file, of a commit. */
import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { folderAnalyserFor } from "../../engines/contents/analysers.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { lockfileText } from "../../engines/contents/packages/lockfile.ts";
import { withDirect } from "../../engines/packages/manifests/direct.ts";
import { manifestsAffect, mismatchesOf } from "../../engines/packages/manifests/mismatches.ts";
import type { Lockfile, LockfileSide } from "../../engines/packages/model.ts";
import { limitOf } from "../image/file-analysis.ts";
import type { Exclusion } from "../tree/exclusion.ts";
import { isLockfile } from "../tree/lockfiles.ts";
import { bounds } from "./bounds.ts";
import { commitFiles } from "./commit-files.ts";
import { folderFiles, type SideFiles, singleFile } from "./files.ts";

/** Where a side is read. */
export type SideSpec =
  | { readonly kind: "folder"; readonly path: string }
  /** One lockfile alone. Where both sides are one, they are compared whatever their directories. */
  | { readonly kind: "lockfile"; readonly path: string }
  /**
   * `folder`: of the work tree, or below it: lockfiles are those of that directory in the commit. `fork`: what is read is
   * the commit from which the revision and HEAD grew, where there is one, so that what came to the revision since is not
   * taken for what this change takes away.
   */
  | { readonly kind: "commit"; readonly folder: string; readonly revision: string; readonly fork?: boolean };

export interface SideOptions {
  /** As for `discover`; of a commit the paths alone count. */
  readonly exclusion?: Pick<Exclusion, "excludes">;
}

/** @throws Problem (usage) where the place cannot be read at all */
export async function readSide(place: SideSpec, options: SideOptions = {}): Promise<LockfileSide> {
  const files = filesOf(place, options, basename("path" in place ? place.path : ""), "sha1");
  return sideOf(files, files.lockfiles);
}

/**
 * Reads both sides of a change; lockfiles that are the same bytes on both, with the same bytes beside them, are left out.
 *
 * @throws Problem (usage) where a place cannot be read at all
 */
export async function readSides(
  before: SideSpec,
  after: SideSpec,
  options: SideOptions = {},
): Promise<{ readonly before: LockfileSide; readonly after: LockfileSide }> {
  const name = basename("path" in after ? after.path : "path" in before ? before.path : "");
  const commits = [before, after].map((place) => (place.kind === "commit" ? filesOf(place, options, name) : undefined));
  // Files are called as the repository calls its own.
  const format = commits.map((commit) => commit?.format).find((found) => found !== undefined) ?? "sha1";
  const [left, right] = [before, after].map((place, index) => commits[index] ?? filesOf(place, options, name, format));
  if (left === undefined || right === undefined) throw new TypeError("two sides are read");
  const [old, fresh] = [withoutSubmodules(left, right.submodules), withoutSubmodules(right, left.submodules)];
  const changed = changedLockfiles(old, fresh);
  return {
    before: sideOf(
      old,
      old.lockfiles.filter((path) => changed.has(path)),
    ),
    after: sideOf(
      fresh,
      fresh.lockfiles.filter((path) => changed.has(path)),
    ),
  };
}

/**
 * What a person writes for a side: a directory, a lockfile, or else a commit of the repository that `folder` is in
 * (`origin/main`, `git:origin/main`).
 *
 * @throws Problem (usage) for a file that is no lockfile
 */
export function sideNamed(written: string, folder: string): SideSpec {
  const commit = (revision: string): SideSpec => ({ kind: "commit", folder, revision, fork: true });
  if (written.startsWith("git:")) return commit(written.slice("git:".length));
  const path = resolve(written);
  if (!existsSync(path)) return commit(written);
  if (statSync(path).isDirectory()) return { kind: "folder", path };
  if (isLockfile(basename(path))) return { kind: "lockfile", path };
  throw new Problem({
    kind: "usage",
    code: "dependencies.no-lockfile",
    place: written,
    cause: "not a lockfile by its name",
    remedy: "name a Git ref, a directory or a lockfile",
  });
}

function filesOf(
  place: SideSpec & { kind: "commit" },
  options: SideOptions,
  name: string,
): ReturnType<typeof commitFiles>;
function filesOf(place: SideSpec, options: SideOptions, name: string, format: "sha1" | "sha256"): SideFiles;
function filesOf(
  place: SideSpec,
  { exclusion }: SideOptions,
  name: string,
  format: "sha1" | "sha256" = "sha1",
): SideFiles {
  switch (place.kind) {
    case "folder":
      return folderFiles(place.path, exclusion, format);
    case "lockfile":
      return singleFile(place.path, name, format);
    case "commit":
      return commitFiles(place.folder, place.revision, place.fork === true, exclusion);
  }
}

/** Of what one side cannot see nobody knows what the change is. */
function withoutSubmodules(files: SideFiles, submodules: readonly string[]): SideFiles {
  const isWithin = (path: string) => submodules.find((submodule) => path.startsWith(`${submodule}/`));
  const left = new Set(files.lockfiles.map(isWithin).filter((submodule) => submodule !== undefined));
  if (left.size === 0) return files;
  const gaps = [...left].map((path) => ({
    code: "dependencies.submodule",
    reason: printable(`${path}: a submodule, whose lockfiles are not compared`),
    remedy: "review the change in its own repository",
  }));
  const lockfiles = files.lockfiles.filter((path) => isWithin(path) === undefined);
  const manifests = files.manifests.filter((path) => isWithin(path) === undefined);
  return { ...files, lockfiles, manifests, gaps: [...files.gaps, ...gaps] };
}

/** Those that one side alone has, or that differ in their bytes or in those of a file that they are read with. */
function changedLockfiles(before: SideFiles, after: SideFiles): ReadonlySet<string> {
  const differs = (path: string): boolean => before.identity(path) !== after.identity(path);
  const changed = new Set<string>();
  const all = new Set([...before.lockfiles, ...after.lockfiles]);
  for (const path of all) if (differs(path) || includesDiffer(path, after, differs)) changed.add(path);
  for (const manifest of new Set([...before.manifests, ...after.manifests])) {
    if (!differs(manifest)) continue;
    for (const path of all) if (manifestsAffect(path, manifest)) changed.add(path);
  }
  return changed;
}

function includesDiffer(path: string, files: SideFiles, differs: (path: string) => boolean): boolean {
  const analyser = folderAnalyserFor(path);
  if (analyser?.includes === undefined) return false;
  const { companions, missing } = companionsOf(analyser, path, files);
  return [...companions.keys(), ...missing].some(differs);
}

/** What a lockfile includes, and what that includes, as far as it is there. */
function companionsOf(
  analyser: Analyser,
  path: string,
  files: SideFiles,
  first = files.read(path, limitOf(analyser)),
): { readonly companions: ReadonlyMap<string, Buffer>; readonly missing: readonly string[] } {
  const companions = new Map<string, Buffer>();
  const missing: string[] = [];
  const pending = Buffer.isBuffer(first) ? [{ path, bytes: first }] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const included of analyser.includes?.(next) ?? []) {
      if (companions.has(included) || companions.size + missing.length >= bounds.companions) continue;
      const bytes = files.read(included, limitOf(analyser));
      if (Buffer.isBuffer(bytes)) {
        companions.set(included, bytes);
        pending.push({ path: included, bytes });
      } else missing.push(included);
    }
  }
  return { companions, missing };
}

function sideOf(files: SideFiles, paths: readonly string[]): LockfileSide {
  return {
    name: files.name,
    lockfiles: paths.flatMap((path) => lockfileOf(path, files) ?? []),
    found: files.lockfiles.length,
    gaps: files.gaps,
  };
}

function lockfileOf(path: string, files: SideFiles): Lockfile | undefined {
  const analyser = folderAnalyserFor(path);
  if (analyser === undefined) return undefined;
  const bytes = files.read(path, limitOf(analyser));
  if (bytes === undefined) return undefined;
  const facts: FileFacts = Buffer.isBuffer(bytes)
    ? (analyser.analyse({ path, bytes, companions: companionsOf(analyser, path, files, bytes).companions }) ?? NOTHING)
    : { kind: "unreadable", code: "contents.unreadable", reason: bytes.unreadable };
  if (facts.kind === "unreadable") {
    return { path, format: analyser.id, packages: [], mismatches: [], gaps: [gap(facts.code, path, facts.reason)] };
  }
  if (facts.kind !== "packages") return undefined;
  const { packages, unread, formatVersion } = facts;
  const text = Buffer.isBuffer(bytes) ? lockfileText(bytes) : "";
  const lockfile = { path, text, packages, complete: unread.length === 0 };
  const unreadManifests = new Map<string, string>();
  const manifests = (manifest: string): string | undefined => {
    const read = files.read(manifest, bounds.manifestBytes);
    if (read === undefined) return undefined;
    if (Buffer.isBuffer(read)) return lockfileText(read);
    unreadManifests.set(manifest, read.unreadable);
    return undefined;
  };
  const { mismatches, gaps } = mismatchesOf(lockfile, manifests);
  return {
    path,
    format: formatVersion === undefined ? analyser.id : `${analyser.id} ${formatVersion}`,
    packages: withDirect(lockfile, manifests),
    mismatches,
    gaps: [
      ...unread.map((reason) => gap("contents.unread", path, reason)),
      ...gaps,
      ...[...unreadManifests].map(([manifest, reason]) => gap("dependencies.manifest-unread", manifest, reason)),
    ],
  };
}

const NOTHING: FileFacts = { kind: "packages", packages: [], unread: [] };

function gap(code: string, path: string, reason: string): Gap {
  return { code, reason: printable(`/${path}: ${reason}`) };
}

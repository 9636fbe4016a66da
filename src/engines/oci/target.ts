/** What a user wrote to name images: a scheme, or a path or reference that says by itself what it is. */
import { closeSync, existsSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { compressionOf } from "./compression.ts";
import { isDirectoryImage } from "./dir-transport.ts";
import { isReferenceScheme, type ReferenceScheme } from "./reference-forms.ts";
import { checkSumFits } from "./tar-header.ts";

type Scheme = Exclude<ReferenceScheme, "docker" | "sbom">;
export type FileScheme = Extract<Scheme, "oci" | "dir" | "oci-archive" | "docker-archive">;

export interface Target {
  readonly scheme: Scheme;
  /** Path or reference. */
  readonly at: string;
  /** Which of several images: a tag or a whole reference. */
  readonly pick?: string;
}

/**
 * Tells what a text means; the file system decides where no scheme is written.
 *
 * @throws Problem `oci.reference` (usage) where a path leads to nothing, or to what holds no image
 */
export function targetOf(written: string): Target {
  const colon = written.indexOf(":");
  const scheme = written.slice(0, Math.max(colon, 0));
  const rest = written.slice(colon + 1);
  if (!isReferenceScheme(scheme)) return unnamedTarget(written);
  switch (scheme) {
    case "oci":
    case "oci-archive":
    case "docker-archive":
      return fileTarget(scheme, written, rest);
    case "dir":
      // Of skopeo; that of a root filesystem is no image, and was looked at before.
      if (statOf(rest, written) === undefined) throw refused(written, "no such file or directory");
      if (isDirectoryImage(rest)) return { scheme, at: rest };
      throw refused(written, "a root filesystem, not an image", "only `image scan`, `sbom` and `base` read it");
    case "docker-daemon":
    case "podman":
    case "containers-storage":
      return { scheme, at: rest };
    case "docker":
    case "registry":
      return { scheme: "registry", at: rest.replace(/^\/\//, "") };
    case "sbom":
      // Read before by whoever reads SBOMs; an image may be called so, too.
      return unnamedTarget(written);
  }
}

function unnamedTarget(written: string): Target {
  const found = statOf(written, written);
  if (found === undefined) {
    if (!isPath(written)) return { scheme: "registry", at: written };
    const remedy = /^[./~]/.test(written) ? undefined : `an image of this name: registry:${written}`;
    throw refused(written, "no such file or directory", remedy);
  }
  if (found.isFile()) {
    checkArchive(written, written, found);
    return { scheme: "oci-archive", at: written };
  }
  if (!found.isDirectory()) throw refused(written, "neither a file nor a directory");
  if (existsSync(join(written, "oci-layout"))) return { scheme: "oci", at: written };
  if (isDirectoryImage(written)) return { scheme: "dir", at: written };
  throw refused(
    written,
    "not an OCI layout: no oci-layout file in this directory",
    `root filesystem: dir:${written}; repository: bulkhead check ${written}`,
  );
}

function fileTarget(scheme: FileScheme, written: string, rest: string): Target {
  const { at, pick } = splitPick(rest);
  const found = statOf(at, written);
  if (scheme === "oci" && found?.isFile() === true) {
    throw refused(written, "a file, not the directory of an OCI layout", `an archive: oci-archive:${at}`);
  }
  if (scheme !== "oci" && found?.isDirectory() === true) {
    throw refused(written, "a directory, not an archive", `an OCI layout: oci:${at}`);
  }
  if (scheme !== "oci" && found?.isFile() === true) checkArchive(written, at, found);
  return { scheme, at, ...(pick === undefined ? {} : { pick }) };
}

/** Names of archives, which a repository on docker.io could have and does not. */
const ARCHIVE = /\.(?:tar|tgz|tar\.gz|tar\.zst|tar\.xz|json|zip)$/;

/** What cannot be a reference, or is not meant as one. */
function isPath(written: string): boolean {
  return /^(?:\.{1,2}(?:\/|$)|\/|~)/.test(written) || (ARCHIVE.test(written) && !written.includes(":"));
}

const BLOCK = 512;

function checkArchive(written: string, at: string, { size }: Stats): void {
  if (size === 0) throw refused(written, "the file is empty");
  const first = Buffer.alloc(BLOCK);
  let length: number;
  try {
    const descriptor = openSync(at, "r");
    length = readSync(descriptor, first, 0, BLOCK, 0);
    closeSync(descriptor);
  } catch (error) {
    throw refused(written, systemCause(error));
  }
  // A tar that ends where it begins holds nothing: what reads archives says so.
  const isEmptyTar = length === BLOCK && first.every((byte) => byte === 0);
  if (isEmptyTar || compressionOf(first.subarray(0, length)) !== "none" || checkSumFits(first, 0)) return;
  throw refused(
    written,
    "neither an image archive (tar, also gzip or zstd) nor an SBOM (JSON)",
    "a Dockerfile: bulkhead build lint; manifests: bulkhead workload audit",
  );
}

/** Undefined where nothing is there. */
function statOf(path: string, written: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A name that is too long, or has a NUL, is no file's; the grammar of references refuses it.
    if (code === "EACCES" || code === "EPERM" || code === "ELOOP") throw refused(written, systemCause(error));
    return undefined;
  }
}

/** `oci:FOLDER:TAG`: the tag counts as one where the part before it exists and the whole does not. */
function splitPick(rest: string): { at: string; pick?: string } {
  if (existsSync(rest)) return { at: rest };
  for (let colon = rest.indexOf(":"); colon > 0; colon = rest.indexOf(":", colon + 1)) {
    const at = rest.slice(0, colon);
    if (existsSync(at)) return { at, pick: rest.slice(colon + 1) };
  }
  throw refused(rest, "no such file or directory");
}

function refused(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "oci.reference",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

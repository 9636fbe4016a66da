/** A package's archive by its kind: bytes go in, the files of the package come out. */
import { isEvidenceProblem } from "../../../core/problem.ts";
import type { PackageType } from "../../contents/model.ts";
import { bounds } from "./bounds.ts";
import { createFaults, type PackageFiles, withoutRoot } from "./files.ts";
import { gunzip, isGzip, problem, tarFiles } from "./tarball.ts";
import { isZip, zipFiles } from "./zipped.ts";

export type ArchiveKind = "npm" | "sdist" | "wheel" | "crate" | "gem";

/** By the last segment of its URL (`left-pad-1.3.0.tgz`); undefined where no reader is there for it. */
export function archiveKindOf(fileName: string, type: PackageType): ArchiveKind | undefined {
  const name = fileName.toLowerCase();
  switch (type) {
    case "npm":
      return "npm";
    case "cargo":
      return "crate";
    case "gem":
      return "gem";
    case "pypi":
      if (name.endsWith(".whl")) return "wheel";
      return name.endsWith(".zip") || name.includes(".tar") || name.endsWith(".tgz") ? "sdist" : undefined;
    default:
      return undefined;
  }
}

/** @param place - as gaps show it. Throws Problem `packages.archive` where nothing can be read. */
export function readArchive(bytes: Buffer, kind: ArchiveKind, place: string): PackageFiles {
  if (bytes.length > bounds.archiveBytes) throw problem(place, `has more than ${bounds.archiveBytes} bytes`);
  const faults = createFaults(place);
  const files = isZip(bytes)
    ? zipFiles(bytes, place, faults)
    : tarFiles(unpacked(bytes, place), place, kind === "npm" ? "left-out" : "followed", faults);
  if (files.size === 0) throw problem(place, "has no file that can be read");
  switch (kind) {
    case "npm":
      return { files: withoutRoot(files, "first"), gaps: faults.gaps() };
    case "wheel":
      return { files, gaps: faults.gaps() };
    case "sdist":
    case "crate":
      return { files: withoutRoot(files, "shared"), gaps: faults.gaps() };
    case "gem": {
      const data = files.get("data.tar.gz");
      if (data === undefined) throw problem(place, "a gem without data.tar.gz");
      const inner = tarFiles(unpacked(data.bytes, `${place}, data.tar.gz`), place, "followed", faults);
      const metadata = files.get("metadata.gz");
      if (metadata !== undefined) {
        try {
          const text = gunzip(metadata.bytes, `${place}, metadata.gz`);
          inner.set("metadata.yaml", { path: "metadata.yaml", bytes: text, executable: false });
        } catch (error) {
          if (!isEvidenceProblem(error)) throw error;
          faults.add(`the gem's metadata ${error.message}`, error.place);
        }
      }
      return { files: inner, gaps: faults.gaps() };
    }
  }
}

function unpacked(bytes: Buffer, place: string): Buffer {
  if (isGzip(bytes)) return gunzip(bytes, place);
  const magic = bytes.toString("latin1", 0, 6);
  if (magic.startsWith("BZh")) throw problem(place, "bzip2 is not read");
  if (magic === "\xfd7zXZ\0") throw problem(place, "xz is not read");
  if (magic.startsWith("\x28\xb5\x2f\xfd")) throw problem(place, "zstd is not read");
  if (bytes.toString("latin1", 257, 262) !== "ustar") throw problem(place, "neither a gzip, a tar nor a zip archive");
  return bytes;
}

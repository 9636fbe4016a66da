/** Files that hold a bill of materials. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds as sbomBounds } from "../../engines/contents/sbom/bounds.ts";
import { looksLikeSbom } from "../../engines/contents/sbom/first-bytes.ts";

/** @throws Problem `sbom.file`, `sbom.too-large` */
export function readSbomFile(file: string): Buffer {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw unreadable("usage", file, "no such file");
  if (found.isDirectory()) throw unreadable("usage", file, "a directory, not a file");
  if (found.size > sbomBounds.sbomBytes) {
    throw unreadable("input", file, `${found.size} bytes exceed the limit of ${sbomBounds.sbomBytes}`);
  }
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable("usage", file, systemCause(error));
  }
}

function unreadable(kind: "usage" | "input", place: string, cause: string): Problem {
  return new Problem({ kind, code: kind === "input" ? "sbom.too-large" : "sbom.file", place, cause });
}

/** Whether a path that a user wrote without saying what it is names a bill of materials. */
export function isSbomFile(path: string): boolean {
  // A pipe would be read empty, or wait.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const descriptor = openSync(path, "r");
  try {
    const first = Buffer.alloc(4_096);
    return looksLikeSbom(first.subarray(0, readSync(descriptor, first, 0, first.length, 0)));
  } finally {
    closeSync(descriptor);
  }
}

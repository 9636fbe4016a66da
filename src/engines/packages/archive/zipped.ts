/** Zip archives of packages: Python's wheels and `.zip` source distributions, by the central directory as pip reads them. */
import { isEvidenceProblem } from "../../../core/problem.ts";
import { readZipEntry, type ZipEntry, zipEntries } from "../../../formats/zip/read.ts";
import { inMemory, type ZipRules, type ZipSource } from "../../../formats/zip/source.ts";
import { cleanPath } from "../../oci/path.ts";
import { bounds } from "./bounds.ts";
import type { Faults, PackageFile } from "./files.ts";
import { problem } from "./tarball.ts";

const LOCAL_BYTES = 30;

export function isZip(bytes: Buffer): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** The files by their names. Throws Problem `packages.archive` where there is no directory. */
export function zipFiles(bytes: Buffer, place: string, faults: Faults): Map<string, PackageFile> {
  const rules: ZipRules = {
    entries: bounds.entries,
    directoryBytes: bounds.directoryBytes,
    entryBytes: bounds.entryBytes,
    refuse: ({ place: part, cause }) => problem(`${place}, ${part}`, cause),
  };
  const source = inMemory(bytes);
  const files = new Map<string, PackageFile>();
  let left: number = Math.min(bounds.unpackedBytes, Math.max(bounds.ratioFreeBytes, bytes.length * bounds.ratio));
  let count = 0;
  try {
    for (const entry of zipEntries(source, rules)) {
      count += 1;
      if (entry.name.endsWith("/")) continue;
      const path = cleanPath(entry.name.replaceAll("\\", "/"));
      if (path === undefined || path === "") {
        faults.add("entries with a name that is no path are not read", entry.name);
        continue;
      }
      if (path !== entry.name) faults.add("names that leave the package are read as if its root were /", entry.name);
      if (!sameLocalName(source, entry)) {
        faults.add("entries named otherwise in the directory than before their content", entry.name);
      }
      left -= entry.size;
      if (left < 0) {
        faults.add("entries beyond the limit of unpacked bytes are not read", entry.name);
        continue;
      }
      const content = contentOf(source, entry, rules, faults);
      if (content === undefined) continue;
      files.delete(path);
      files.set(path, { path, bytes: content, executable: false });
    }
  } catch (error) {
    if (!isEvidenceProblem(error) || count === 0) throw error;
    faults.add(`reading ends early (${error.message})`, error.place);
  }
  return files;
}

function contentOf(source: ZipSource, entry: ZipEntry, rules: ZipRules, faults: Faults): Buffer | undefined {
  try {
    return readZipEntry(source, entry, rules);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    faults.add(`entries are not read: ${error.message}`, entry.name);
    return undefined;
  }
}

/** Installers that stream go by the name before the content, others by the directory: an archive may show each its own. */
function sameLocalName(source: ZipSource, { name, offset }: ZipEntry): boolean {
  if (offset < 0 || offset + LOCAL_BYTES > source.size) return true;
  const length = source.read(offset, LOCAL_BYTES).readUInt16LE(26);
  if (offset + LOCAL_BYTES + length > source.size) return true;
  return source.read(offset + LOCAL_BYTES, length).toString("utf8") === name;
}

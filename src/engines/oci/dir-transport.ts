/**
 * Images as `skopeo copy IMAGE dir:FOLDER` writes them (containers-transports(5), "dir"): `version`, `manifest.json`, each blob
 * by the digits of its digest, and of an index each further manifest as `DIGITS.manifest.json`.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { blobsIn } from "./blob-folder.ts";
import { readSmall } from "./contained-file.ts";
import type { Layout } from "./layout.ts";

const MARKER = "Directory Transport Version: ";

/** True of a folder with the files by which containers tell this form: no root filesystem begins one so. */
export function isDirectoryImage(folder: string): boolean {
  return versionIn(folder) !== undefined && existsSync(join(folder, "manifest.json"));
}

/** Undefined where its file `version` is not there, or another's. */
function versionIn(folder: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(join(folder, "version"), "r");
  } catch {
    return undefined;
  }
  try {
    const first = Buffer.alloc(64);
    const text = first.toString("latin1", 0, readSync(descriptor, first, 0, first.length, 0));
    return text.startsWith(MARKER) ? text.slice(MARKER.length).trim() : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** @throws Problem `oci.layout`, `oci.blob-missing`, `oci.document` */
export async function openDirectoryImage(folder: string): Promise<Layout> {
  const place = `dir:${folder}`;
  const version = versionIn(folder) ?? "";
  if (!version.startsWith("1.")) {
    const cause = `its version file says version ${version || "nothing"}, and version 1 is read`;
    throw new Problem({ kind: "input", code: "oci.layout", place, cause });
  }
  const manifest = readSmall(folder, "manifest.json", place);
  const hash = (algorithm: "sha256" | "sha512") => createHash(algorithm).update(manifest).digest("hex");
  const root = `sha256:${hash("sha256")}` as Digest;
  const blobs = blobsIn({
    folder,
    place,
    pathOf: digestHex,
    documentPathOf(digest) {
      const own = `${digestHex(digest)}.manifest.json`;
      return existsSync(join(folder, own)) ? own : digestHex(digest);
    },
  });
  const store: BlobStore = {
    ...blobs,
    document: async (descriptor) =>
      hash(digestAlgorithm(descriptor.digest)) === digestHex(descriptor.digest) ? manifest : blobs.document(descriptor),
  };
  return { store, roots: [{ digest: root, mediaType: "", size: manifest.length }] };
}

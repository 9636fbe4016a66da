/**
 * Images as `skopeo copy IMAGE dir:FOLDER` writes them (containers-transports(5), "dir"): `version`, `manifest.json`, each blob
 * by the digits of its digest, and of an index each further manifest as `DIGITS.manifest.json`.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { fileIn, readSmall } from "./contained-file.ts";
import { verifyDocument } from "./document.ts";
import { type Layout, READ_BYTES } from "./layout.ts";
import { stampOf } from "./stamp.ts";

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
  const manifest = await readSmall(folder, "manifest.json", place);
  const hash = (algorithm: "sha256" | "sha512") => createHash(algorithm).update(manifest).digest("hex");
  const root = `sha256:${hash("sha256")}` as Digest;
  const store: BlobStore = {
    place,
    handsOver: true,
    async document({ digest }) {
      if (hash(digestAlgorithm(digest)) === digestHex(digest)) return manifest;
      const name = digestHex(digest);
      const file = existsSync(join(folder, `${name}.manifest.json`)) ? `${name}.manifest.json` : name;
      const bytes = await readSmall(folder, file, `${place}@${digest}`);
      verifyDocument(bytes, digest, `${place}@${digest}`);
      return bytes;
    },
    async open({ digest }) {
      const path = await fileIn(folder, digestHex(digest), `${place}@${digest}`);
      return createReadStream(path, { highWaterMark: READ_BYTES });
    },
    async stamp(digest) {
      return stampOf(await stat(join(folder, digestHex(digest)), { bigint: true }), 0);
    },
    async close() {},
  };
  return { store, roots: [{ digest: root, mediaType: "", size: manifest.length }] };
}

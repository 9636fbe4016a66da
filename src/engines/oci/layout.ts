/** An OCI image layout folder (image-layout.md): oci-layout, index.json, blobs/<algorithm>/<hex>. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { fileIn, readSmall } from "./contained-file.ts";
import { parseIndexOrManifest, verifyDocument } from "./document.ts";
import type { Descriptor } from "./model.ts";
import { stampOf } from "./stamp.ts";

/** A layout's blobs and what its index.json names. */
export interface Layout {
  readonly store: BlobStore;
  readonly roots: readonly Descriptor[];
}

/** One read of a file is this large: node's default of 64 KiB costs a third of the throughput. */
export const READ_BYTES = 1024 * 1024;

/** @throws Problem `oci.layout` where the folder is no layout, `oci.document` */
export async function openLayout(folder: string): Promise<Layout> {
  const place = `oci:${folder}`;
  const marker = await readSmall(folder, "oci-layout", place);
  checkMarker(marker, place);
  const store: BlobStore = {
    place,
    handsOver: true,
    async document({ digest }) {
      const bytes = await readSmall(folder, blobPath(digest), `${place}@${digest}`);
      verifyDocument(bytes, digest, `${place}@${digest}`);
      return bytes;
    },
    async open({ digest }) {
      const path = await fileIn(folder, blobPath(digest), `${place}@${digest}`);
      return createReadStream(path, { highWaterMark: READ_BYTES });
    },
    async stamp(digest) {
      return stampOf(await stat(join(folder, blobPath(digest)), { bigint: true }), 0);
    },
    async close() {},
  };
  return { store, roots: rootsOf(await readSmall(folder, "index.json", place), place) };
}

/** The descriptors of a layout's index.json. */
export function rootsOf(indexJson: Buffer, place: string): readonly Descriptor[] {
  const index = parseIndexOrManifest(indexJson, `${place}/index.json`);
  if (index.kind !== "index") {
    throw new Problem({ kind: "input", code: "oci.layout", place, cause: "its index.json is not an index" });
  }
  return index.manifests;
}

export function checkMarker(marker: Buffer, place: string): void {
  if (!/"imageLayoutVersion"\s*:\s*"1\./.test(marker.toString("latin1"))) {
    throw new Problem({
      kind: "input",
      code: "oci.layout",
      place,
      cause: "its oci-layout file does not say version 1",
    });
  }
}

function blobPath(digest: Digest): string {
  // A parsed digest is hexadecimal: no component of it can leave the folder.
  return join("blobs", digestAlgorithm(digest), digestHex(digest));
}

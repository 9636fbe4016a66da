/** An OCI image layout folder (image-layout.md): oci-layout, index.json, blobs/<algorithm>/<hex>. */
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { blobsIn } from "./blob-folder.ts";
import { readSmall } from "./contained-file.ts";
import { parseIndexOrManifest } from "./document.ts";
import type { Descriptor } from "./model.ts";

/** A layout's blobs and what its index.json names. */
export interface Layout {
  readonly store: BlobStore;
  readonly roots: readonly Descriptor[];
}

/** @throws Problem `oci.layout` where the folder is no layout, `oci.document` */
export async function openLayout(folder: string): Promise<Layout> {
  const place = `oci:${folder}`;
  const marker = readSmall(folder, "oci-layout", place);
  checkMarker(marker, place);
  const store = blobsIn({ folder, place, pathOf: blobPath });
  return { store, roots: rootsOf(readSmall(folder, "index.json", place), place) };
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

/** Blobs as files of one folder, however the folder's form names them. */
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../core/digest.ts";
import type { BlobStore } from "./blob.ts";
import { fileIn, readSmall } from "./contained-file.ts";
import { verifyDocument } from "./document.ts";
import { stampOf } from "./stamp.ts";

/** One read of a file is this large: node's default of 64 KiB costs a third of the throughput. */
export const READ_BYTES = 1024 * 1024;

export interface BlobFolder {
  readonly folder: string;
  readonly place: string;
  /** Relative to the folder; of a parsed digest's hexadecimal digits, so that nothing leaves it. */
  pathOf(digest: Digest): string;
  /** Of an index, a manifest or a config, where that is another one. */
  documentPathOf?(digest: Digest): string;
}

export function blobsIn({ folder, place, pathOf, documentPathOf = pathOf }: BlobFolder): BlobStore {
  return {
    place,
    handsOver: true,
    async document({ digest }) {
      const bytes = readSmall(folder, documentPathOf(digest), `${place}@${digest}`);
      verifyDocument(bytes, digest, `${place}@${digest}`);
      return bytes;
    },
    async fileOf(digest) {
      const file = fileIn(folder, pathOf(digest), `${place}@${digest}`);
      return { file, offset: 0, size: statSync(file).size };
    },
    async open({ digest }) {
      const path = fileIn(folder, pathOf(digest), `${place}@${digest}`);
      return createReadStream(path, { highWaterMark: READ_BYTES });
    },
    async stamp(digest) {
      return stampOf(statSync(join(folder, pathOf(digest)), { bigint: true }), 0);
    },
    async close() {},
  };
}

import type { Readable } from "node:stream";
import type { Digest } from "../../core/digest.ts";
import type { Descriptor } from "./model.ts";

/** Stored bytes that stand in a file. */
export interface StoredFile {
  /** Its path, or the descriptor that the store holds it open by, in any thread of this process. */
  readonly file: string | number;
  /** Of the first byte. */
  readonly offset: number;
  /** Bytes that there are. */
  readonly size: number;
}

/**
 * Where an image's blobs are: a layout folder, an archive, a registry. What it hands out is not verified yet;
 * the readers of documents and layers do that.
 */
export interface BlobStore {
  /** For messages: `oci:/srv/image`, `registry.example/shop/web`. */
  readonly place: string;
  /** A document (index, manifest, config) of at most bounds.manifestBytes, verified against its digest. */
  document(descriptor: Pick<Descriptor, "digest" | "mediaType">): Promise<Buffer>;
  /** True where the chunks of `open` are the reader's own, and nothing else looks at their memory. */
  readonly handsOver?: boolean;
  /** Where the stored bytes of a layer stand in a file of this machine; absent, or undefined, where in none. */
  fileOf?(digest: Digest): Promise<StoredFile | undefined>;
  /** The stored bytes of a layer. */
  open(descriptor: Pick<Descriptor, "digest" | "size">): Promise<Readable>;
  /**
   * A text that changes whenever the stored bytes may have: device, inode, size and times of a local file.
   * Absent where there is no such thing, and where the file is too young for its times to be trusted.
   */
  stamp?(digest: Digest): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What is kept of a push that the engine has stored: that it is there, what it consists of, and that it wants a scan. */
import type { Digest } from "../../../core/digest.ts";
import { blobsOf, type ManifestContent } from "../../../engines/oci/distribution/content.ts";
import type { Store } from "../../../store/model.ts";
import { scanJob } from "../jobs.ts";

export interface StoredPush {
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
  readonly mediaType: string;
  /** Absent: only that it was pushed is known. */
  readonly content?: ManifestContent;
  readonly at: Date;
}

/**
 * Again does no harm. That the scan is wanted is said of everything: what is no image, its content tells whoever reads it.
 *
 * @throws Problem where the store fails: what is missing then, a comparison with the engine's catalogue finds
 */
export async function recordPush(
  { repository, digest, tag, mediaType, content, at }: StoredPush,
  { images, jobs }: Pick<Store, "images" | "jobs">,
): Promise<void> {
  const key = { repository, digest };
  await images.saw({ ...key, ...(tag === undefined ? {} : { tag }), mediaType, at });
  if (content !== undefined) {
    const children = [...new Set(content.children.map((child) => child.digest))];
    await images.saveBlobs(key, blobsOf(content), children);
  }
  await jobs.add([scanJob(key)]);
}

/** The images of an index, those of indexes within it too: each is run by its own digest, so each is asked about by itself. */
import type { Digest } from "../../core/digest.ts";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import { bounds as ociBounds } from "../../engines/oci/bounds.ts";
import { mediaTypes, parseIndexOrManifest } from "../../engines/oci/document.ts";
import { isImageEntry } from "../../engines/oci/image.ts";
import { formatPlatform } from "../../engines/oci/platform.ts";
import type { Repository, StoredManifest } from "../../engines/oci/referrers/repository.ts";
import { bounds } from "./bounds.ts";

export interface Child {
  readonly digest: Digest;
  /** `linux/arm64`; absent where the index does not say. */
  readonly platform?: string;
}

export interface Children {
  /** Each once, in the order in which the indexes name them. */
  readonly children: readonly Child[];
  /** Why there may be more. */
  readonly gaps: readonly Gap[];
}

const manifests: ReadonlySet<string> = new Set([mediaTypes.ociManifest, mediaTypes.dockerManifest]);

export async function childrenOf(root: StoredManifest, repository: Repository): Promise<Children> {
  const found = new Map<Digest, Child>();
  const gaps: Gap[] = [];

  async function walk({ bytes, digest }: StoredManifest, depth: number): Promise<void> {
    const place = `${repository.place}@${digest}`;
    const document = parseIndexOrManifest(bytes, place);
    if (document.kind === "manifest") return;
    if (depth > ociBounds.indexDepth) {
      gaps.push({ code: "oci.index", reason: `${place}: more than ${ociBounds.indexDepth} indexes within indexes` });
      return;
    }
    for (const entry of document.manifests.filter(isImageEntry)) {
      // What was seen is not walked again: an index that names itself, or one twice, ends here.
      if (found.has(entry.digest) || entry.digest === root.digest) continue;
      if (found.size >= bounds.children) {
        gaps.push({ code: "trust.bound", reason: `${place}: more than ${bounds.children} images in the index` });
        return;
      }
      const platform = entry.platform === undefined ? {} : { platform: formatPlatform(entry.platform) };
      found.set(entry.digest, { digest: entry.digest, ...platform });
      if (!manifests.has(entry.mediaType)) await attempt(async () => walk(await repository.manifest(entry), depth + 1));
    }
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      gaps.push(gapOf(error));
    }
  }

  await attempt(() => walk(root, 1));
  return { children: [...found.values()], gaps };
}

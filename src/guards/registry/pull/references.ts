/**
 * Which manifests reference a blob, and which indexes a child: those that this process has seen, and those that the store has
 * from all. A blob without any is served to nobody.
 */
import type { Digest } from "../../../core/digest.ts";
import { isEvidenceProblem, type Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { blobsOf, type ManifestContent } from "../../../engines/oci/distribution/content.ts";
import type { ImageStore } from "../../../store/model.ts";
import { bounds } from "./bounds.ts";

export interface References {
  /** Remembered here, and told to the other replicas once. */
  saw(repository: string, digest: Digest, content: ManifestContent): Promise<void>;
  /** Those that this process saw, the last first. */
  known(repository: string, blob: Digest): readonly Digest[];
  manifestsWith(repository: string, blob: Digest): Promise<Found>;
  parentsOf(repository: string, child: Digest): Promise<Found>;
}

/** Those that this process saw come first. */
export interface Found {
  readonly digests: readonly Digest[];
  /** Why there may be more. */
  readonly problem?: Problem;
}

type AskedStore = Pick<ImageStore, "saveBlobs" | "manifestsWith" | "parentsOf">;

/** Whoever scanned it has told already: what is written again would be news to every replica. */
async function isStored(
  store: AskedStore,
  repository: string,
  digest: Digest,
  [blob]: readonly Digest[],
  [child]: readonly Digest[],
): Promise<boolean> {
  if (blob !== undefined) return (await store.manifestsWith(repository, blob)).includes(digest);
  return child === undefined || (await store.parentsOf(repository, child)).includes(digest);
}

export function createReferences(store: AskedStore): References {
  const holders = createRecent<string, readonly Digest[]>(bounds.references);
  const told = createRecent<string, true>(bounds.references);
  const keyOf = (kind: string, repository: string, digest: Digest) => `${kind} ${repository}@${digest}`;

  function remember(kind: "blob" | "child", repository: string, of: Digest, holder: Digest): void {
    const key = keyOf(kind, repository, of);
    const known = holders.get(key) ?? [];
    if (known.includes(holder)) return;
    holders.set(key, [holder, ...known].slice(0, bounds.candidates), 1);
  }

  async function find(
    kind: "blob" | "child",
    repository: string,
    digest: Digest,
    ask: () => Promise<readonly Digest[]>,
  ): Promise<Found> {
    const known = holders.get(keyOf(kind, repository, digest)) ?? [];
    try {
      const stored = await ask();
      const most = kind === "blob" ? bounds.holders : bounds.candidates;
      return { digests: [...new Set([...known, ...stored])].slice(0, most) };
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      return { digests: known, problem: error };
    }
  }

  return {
    async saw(repository, digest, content) {
      const blobs = blobsOf(content);
      const children = [...new Set(content.children.map((child) => child.digest))];
      for (const blob of blobs) remember("blob", repository, blob, digest);
      for (const child of children) remember("child", repository, child, digest);
      const key = `${repository}@${digest}`;
      if (told.get(key) !== undefined) return;
      try {
        if (!(await isStored(store, repository, digest, blobs, children))) {
          await store.saveBlobs({ repository, digest }, blobs, children);
        }
        told.set(key, true, 1);
      } catch (error) {
        // This process knows, and tells again with the next pull.
        if (!isEvidenceProblem(error)) throw error;
      }
    },
    known: (repository, blob) => holders.get(keyOf("blob", repository, blob)) ?? [],
    manifestsWith: (repository, blob) => find("blob", repository, blob, () => store.manifestsWith(repository, blob)),
    parentsOf: (repository, child) => find("child", repository, child, () => store.parentsOf(repository, child)),
  };
}

/**
 * What lies beside an image at its upstream (signatures, attestations, bills of materials: referrers by subject, and cosign's
 * tags) on its way into the engine. What does not come along is told and holds nothing up: who asks for it decides.
 */
import type { Digest } from "../../../core/digest.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { parseIndexOrManifest } from "../../../engines/oci/document.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import { parseArtifact } from "../../../engines/oci/referrers/artifact.ts";
import { registryRepository } from "../../../engines/oci/referrers/registry-repository.ts";
import { cosignTag } from "../../../engines/oci/referrers/repository.ts";
import type { StoredManifest } from "../model.ts";
import { verifiedBlob } from "./blob.ts";
import { bounds } from "./bounds.ts";
import type { CopiedManifest, Copying } from "./copy.ts";
import { withWriter } from "./engine-place.ts";

export interface CopiedBeside {
  readonly manifests: readonly CopiedManifest[];
  /** What is missing, and why. */
  readonly problems: readonly Problem[];
}

export async function copyBeside(subjects: readonly Digest[], copying: Copying, held: Hold): Promise<CopiedBeside> {
  const copier = createCopier(copying, held);
  for (const subject of subjects) await copier.about(subject, 0);
  return { manifests: copier.manifests, problems: copier.problems };
}

/** Does the work while no other replica changes the same list of referrers. */
export type Hold = <T>(subject: Digest, work: () => Promise<T>) => Promise<T>;

interface Beside {
  readonly blobs: readonly Descriptor[];
  readonly subject?: Digest;
}

function createCopier({ from, engine, place, repository, signal, mayFetch }: Copying, held: Hold) {
  const upstream = registryRepository(from);
  const manifests: CopiedManifest[] = [];
  const problems: Problem[] = [];
  const seen = new Set<Digest>();
  let bytesLeft: number = bounds.besideBytes;

  /** A failure of one thing leaves the others; the end of the whole does not. */
  async function tried(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!isEvidenceProblem(error)) throw error;
      problems.push(error);
    }
  }

  async function about(subject: Digest, depth: number): Promise<void> {
    await tried(async () => {
      const { entries, gaps } = await upstream.referrers(subject);
      for (const { code, reason } of gaps) problems.push(fault(code, subject, reason));
      if (entries.length > bounds.referrers) {
        problems.push(fault("registry.upstream-size", subject, `more than ${bounds.referrers} referrers`));
      }
      for (const { digest } of entries.slice(0, bounds.referrers)) {
        await tried(() => copyReferrer(subject, digest, depth));
      }
    });
    for (const suffix of ["sig", "att"] as const) await tried(() => copyTagged(subject, suffix));
  }

  async function copyReferrer(subject: Digest, digest: Digest, depth: number): Promise<void> {
    if (seen.has(digest)) return;
    seen.add(digest);
    const there = await engine.manifest(repository, { digest }, signal);
    if (there instanceof Problem) throw there;
    if (there === undefined) mayFetch();
    const manifest = there ?? (await from.manifest(digest));
    const artifact = artifactOf(manifest);
    // A list is its author's word, and only what says itself that it is about the image is beside it.
    if (artifact.subject !== subject)
      throw fault("oci.referrers", digest, `listed as about ${subject}, which it is not`);
    if (there === undefined) await store(manifest, artifact, digest, subject);
    manifests.push({ manifest, blobs: artifact.blobs.map((blob) => blob.digest), children: [] });
    if (depth + 1 < bounds.referrerDepth) await about(digest, depth + 1);
  }

  async function copyTagged(subject: Digest, suffix: "sig" | "att"): Promise<void> {
    const tag = cosignTag(subject, suffix);
    const named = tag === undefined ? undefined : await from.resolve(tag, { isHeadEnough: true });
    if (tag === undefined || named === undefined) return;
    const there = await engine.manifest(repository, { tag }, signal);
    if (there instanceof Problem) throw there;
    if (there?.digest !== named) mayFetch();
    const manifest = there?.digest === named ? there : await from.manifest(named);
    const artifact = artifactOf(manifest);
    if (there?.digest !== named) await store(manifest, artifact, tag, subject);
    manifests.push({ manifest, blobs: artifact.blobs.map((blob) => blob.digest), children: [] });
  }

  /** @param name - its digest, or the tag that it has */
  async function store(manifest: StoredManifest, artifact: Beside, name: string, subject: Digest): Promise<void> {
    const size = artifact.blobs.reduce((sum, blob) => sum + blob.size, 0);
    if (size > Math.min(bounds.referrerBytes, bytesLeft)) {
      throw fault(
        "registry.upstream-size",
        manifest.digest,
        `its ${size} bytes are too many for what lies beside an image`,
      );
    }
    bytesLeft -= size;
    await withWriter(place, repository, signal, async (writer) => {
      for (const blob of artifact.blobs) {
        const { digest, size: each } = blob;
        await writer.blob({ digest, size: each, open: () => verifiedBlob(from, blob) });
      }
      await held(subject, () => writer.manifest(name, manifest));
    });
  }

  function artifactOf({ bytes, digest }: StoredManifest): Beside {
    const at = `${from.place}@${digest}`;
    const { subject } = parseArtifact(bytes, at, 0);
    const document = parseIndexOrManifest(bytes, at);
    if (document.kind === "index") throw fault("oci.document", digest, "an index, not a manifest");
    return { blobs: [document.config, ...document.layers], ...(subject === undefined ? {} : { subject }) };
  }

  function fault(code: string, digest: Digest, cause: string): Problem {
    return new Problem({ kind: "input", code, place: `${from.place}@${digest}`, cause });
  }

  return { about, manifests, problems };
}

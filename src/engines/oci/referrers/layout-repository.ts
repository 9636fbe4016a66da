/**
 * An OCI layout: whatever its index.json names counts, by the subject of its manifest, by the tag that stands in for a list of
 * referrers, and by cosign's tags or marks (`cosign save`).
 */
import { append } from "../../../core/append.ts";
import type { Digest } from "../../../core/digest.ts";
import { parseDigest } from "../../../core/digest.ts";
import { type Gap, gapOf } from "../../../core/evidence.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import type { BlobStore } from "../blob.ts";
import { parseJson } from "../document.ts";
import type { Layout } from "../layout.ts";
import type { Descriptor } from "../model.ts";
import { gatherReferrers } from "./list.ts";
import { type FoundReferrer, type FoundReferrers, type Repository, readBlob, referrersTag } from "./repository.ts";

export function layoutRepository({ store, roots }: Pick<Layout, "store" | "roots">): Repository {
  const { place } = store;
  let subjects: Promise<Subjects> | undefined;

  async function manifest(entry: Pick<Descriptor, "digest" | "mediaType">) {
    return { ...entry, bytes: await store.document(entry) };
  }

  async function tagged(tag: string) {
    const root = roots.find((each) => tagsOf(each).includes(tag)) ?? saved(tag);
    return root === undefined ? undefined : await manifest(root);
  }

  /** `cosign save` writes one image, and marks what is its own without naming it. */
  function saved(tag: string): Descriptor | undefined {
    const [, algorithm, hex, suffix] = /^(sha\d+)-([0-9a-f]+)\.(sig|att)$/.exec(tag) ?? [];
    const marked = (kind: string) => roots.filter(({ annotations }) => annotations?.kind === COSIGN_KIND + kind);
    const images = [...marked("image"), ...marked("imageIndex")];
    if (suffix === undefined || images.length !== 1 || images[0]?.digest !== `${algorithm}:${hex}`) return undefined;
    return marked(`${suffix}s`)[0];
  }

  async function referrers(subject: Digest): Promise<FoundReferrers> {
    subjects ??= readSubjects(store, roots);
    const known = await subjects;
    const entries: FoundReferrer[] = (known.bySubject.get(subject) ?? []).map((entry) => ({
      ...entry,
      by: "referrers",
    }));
    const gaps = [...known.gaps];
    const index = await tagged(referrersTag(subject));
    if (index !== undefined) {
      const gathered = gatherReferrers();
      gathered.add(index.bytes, `${place}:${referrersTag(subject)}`);
      const named = new Set(entries.map(({ digest }) => digest));
      const more = gathered.entries.filter(({ digest }) => !named.has(digest));
      append(
        entries,
        more.map((entry): FoundReferrer => ({ ...entry, by: "referrers-tag" })),
      );
      append(gaps, gathered.gaps);
    }
    return { entries, gaps };
  }

  return {
    place,
    tagged,
    manifest,
    blob: async (entry) => await readBlob(await store.open(entry), entry, `${place}@${entry.digest}`),
    referrers,
    close: () => store.close(),
  };
}

const COSIGN_KIND = "dev.cosignproject.cosign/";

interface Subjects {
  readonly bySubject: ReadonlyMap<Digest, readonly Descriptor[]>;
  readonly gaps: readonly Gap[];
}

/** Every manifest of the index.json by what it is about. */
async function readSubjects(store: BlobStore, roots: readonly Descriptor[]): Promise<Subjects> {
  const bySubject = new Map<Digest, Descriptor[]>();
  const gaps: Gap[] = [];
  const seen = new Set<Digest>();
  for (const root of roots) {
    if (seen.has(root.digest)) continue;
    seen.add(root.digest);
    try {
      const document = parseJson(await store.document(root), `${store.place}@${root.digest}`);
      const subject = parseDigest(valueAt(document, ["subject", "digest"]));
      if (subject === undefined) continue;
      const known = bySubject.get(subject);
      if (known === undefined) bySubject.set(subject, [root]);
      else known.push(root);
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      gaps.push(gapOf(error));
    }
  }
  return { bySubject, gaps };
}

/** The tags that a root's names end in: `latest`, `registry.example/shop/web:latest`. */
function tagsOf({ annotations }: Descriptor): readonly string[] {
  const names = [annotations?.["org.opencontainers.image.ref.name"], annotations?.["io.containerd.image.name"]];
  return names.flatMap((name) => (name === undefined ? [] : [name.slice(name.lastIndexOf(":") + 1)]));
}

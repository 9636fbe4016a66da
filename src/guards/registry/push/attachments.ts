/**
 * Signatures, attestations, SBOMs and lists of referrers under the tags that clients keep them by: these change whenever something
 * is attached, so that no immutable tag is meant. The name alone exempts nothing: what stands under it must be that.
 */

import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import {
  type AttachmentTag,
  attachmentTag,
  isStatement,
  type ManifestContent,
  readManifestContent,
} from "../../../engines/oci/distribution/content.ts";
import type { Engine } from "../model.ts";
import { answerOf, eachOf } from "./asking.ts";
import { bounds } from "./bounds.ts";

/** @param content - of what the tag is to hold, or holds */
export async function isAttachment(
  content: ManifestContent,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  engine: Pick<Engine, "manifest">,
): Promise<boolean> {
  const named = attachmentTag(tag);
  if (named === undefined) return false;
  if (named.holds === "statement") return isStatement(content);
  return content.kind === "index" && (await listsReferrers(content, named, { repository, tag }, engine));
}

/** Entries that the list has already were held against their subject when they came. */
async function listsReferrers(
  { children }: ManifestContent,
  { subject }: AttachmentTag,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  engine: Pick<Engine, "manifest">,
): Promise<boolean> {
  const known = await listedNow(repository, tag, engine);
  const added = [...new Set(children.map(({ digest }) => digest))].filter((digest) => !known.has(digest));
  if (added.length > bounds.newReferrers) return false;
  let areReferrers = true;
  await eachOf(added, async (digest) => {
    areReferrers &&= (await contentOf(repository, { digest }, engine))?.subject === subject;
  });
  return areReferrers;
}

async function listedNow(repository: string, tag: string, engine: Pick<Engine, "manifest">): Promise<Set<Digest>> {
  const now = await contentOf(repository, { tag }, engine);
  return new Set(now?.children.map(({ digest }) => digest));
}

/** Undefined: there is none that can be read. */
async function contentOf(
  repository: string,
  reference: { readonly digest: Digest } | { readonly tag: string },
  engine: Pick<Engine, "manifest">,
): Promise<ManifestContent | undefined> {
  const place = `${repository}, ${"tag" in reference ? reference.tag : reference.digest}`;
  const signal = AbortSignal.timeout(bounds.askMilliseconds);
  const stored = await answerOf(() => engine.manifest(repository, reference, signal), place);
  if (stored === undefined || stored instanceof Problem) return undefined;
  try {
    return readManifestContent(stored.bytes, place);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

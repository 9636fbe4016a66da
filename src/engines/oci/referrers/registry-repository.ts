/** A repository of a registry: the referrers API, or the tag that stands in for it where there is none. */
import type { Digest } from "../../../core/digest.ts";
import { gapOf } from "../../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import type { RegistryClient } from "../registry/client.ts";
import { gatherReferrers } from "./list.ts";
import { type FoundReferrer, type FoundReferrers, type Repository, readBlob, referrersTag } from "./repository.ts";

export function registryRepository(client: RegistryClient): Repository {
  const { place } = client;

  async function referrers(subject: Digest): Promise<FoundReferrers> {
    const listed = await ask(subject);
    if (listed !== undefined && !(listed instanceof Problem)) {
      return { entries: listed.entries.map((entry) => ({ ...entry, by: "referrers" as const })), gaps: listed.gaps };
    }
    const tagged = await inTag(subject);
    return listed === undefined ? tagged : { ...tagged, gaps: [gapOf(listed), ...tagged.gaps] };
  }

  /** A Problem where the registry answered something that is no list: it may still be one that knows of none. */
  async function ask(subject: Digest) {
    try {
      return await client.referrers(subject);
    } catch (error) {
      if (isEvidenceProblem(error) && error.kind === "input") return error;
      throw error;
    }
  }

  async function inTag(subject: Digest): Promise<FoundReferrers> {
    const tag = referrersTag(subject);
    const index = await client.tagged(tag);
    if (index === undefined) return { entries: [], gaps: [] };
    const gathered = gatherReferrers();
    gathered.add(index.bytes, `${place}:${tag}`);
    const entries = gathered.entries.map((entry): FoundReferrer => ({ ...entry, by: "referrers-tag" }));
    return { entries, gaps: gathered.gaps };
  }

  return {
    place,
    tagged: (tag) => client.tagged(tag),
    manifest: ({ digest }) => client.manifest(digest),
    async blob(entry) {
      // No more than is stated: what is read in all is bounded by that.
      if (entry.size <= bounds.manifestBytes) return await client.document(entry.digest, entry.size);
      return await readBlob(await client.blob(entry.digest, entry.size), entry, `blob ${entry.digest} of ${place}`);
    },
    referrers,
    async close() {
      client.close();
    },
  };
}

/** Lists of referrers: an index of manifests with the same subject (OCI distribution specification 1.1, "Listing Referrers"). */
import type { Digest } from "../../../core/digest.ts";
import type { Gap } from "../../../core/evidence.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { descriptor, parseJson } from "../document.ts";

/** One entry of such a list: what it says of itself, which is the list's author's word. */
export interface Referrer {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the manifest. */
  readonly size: number;
  /** A registry computes it of the manifest; in a tag that stands in for the registry's list it may be anything. */
  readonly artifactType?: string;
}

export interface ListedReferrers {
  /** Each digest once. */
  readonly entries: readonly Referrer[];
  /** Why there may be more. */
  readonly gaps: readonly Gap[];
}

/** Gathers the entries of one list, on however many pages. */
export interface ReferrerGatherer extends ListedReferrers {
  /** @returns false where the bound is reached @throws Problem `oci.document` where it is no list at all */
  add(bytes: Buffer, place: string): boolean;
  gap(reason: string, code?: string): void;
}

export function gatherReferrers(): ReferrerGatherer {
  const entries = new Map<Digest, Referrer>();
  const gaps: Gap[] = [];
  /** One gap of a kind: a list may have thousands of broken entries. */
  const told = new Set<string>();

  function gap(reason: string, code = "oci.referrers"): void {
    gaps.push({ code, reason });
  }

  function add(bytes: Buffer, place: string): boolean {
    const listed = listIn(bytes, place);
    for (const [i, item] of listed.entries()) {
      const entry = referrer(item, `${place}, manifests[${i}]`);
      if (entry instanceof Problem) {
        if (!told.has(place)) gap(`${entry.place}: ${entry.message}`);
        told.add(place);
      } else if (!entries.has(entry.digest)) {
        if (entries.size >= bounds.referrers) {
          gap(`${place}: more than ${bounds.referrers} referrers`);
          return false;
        }
        entries.set(entry.digest, entry);
      }
    }
    return true;
  }

  return {
    get entries() {
      return [...entries.values()];
    },
    gaps,
    add,
    gap,
  };
}

/** @throws Problem `oci.document` where it is no index */
export function listIn(bytes: Buffer, place: string): readonly unknown[] {
  const document = parseJson(bytes, place);
  const manifests = isObject(document) ? document.manifests : undefined;
  // Go writes an empty list as null.
  if (isObject(document) && manifests === null) return [];
  if (Array.isArray(manifests)) return manifests;
  throw new Problem({ kind: "input", code: "oci.document", place, cause: "not an index" });
}

/** Without its annotations and platform, which nobody asks for here and which may be large. */
function referrer(item: unknown, place: string): Referrer | Problem {
  try {
    const { mediaType, digest, size } = descriptor(item, place);
    const artifactType = isObject(item) ? item.artifactType : undefined;
    return { mediaType, digest, size, ...(typeof artifactType === "string" ? { artifactType } : {}) };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/**
 * What a list that a cluster refused is missing to: the checks that say they read that list, what is derived from it, and
 * nothing else. Whoever reads `objects` looks there for kinds that have no list of their own, and must look for no others.
 */
import type { Gap } from "../../core/evidence.ts";
import type { ManifestGap, Manifests } from "../../engines/kubernetes/model.ts";
import { gapOf } from "./manifest-gaps.ts";

export interface ListGaps {
  readonly none: boolean;
  /** Of what reads these lists of `Manifests`. */
  of(lists: Iterable<string>): readonly Gap[];
}

export interface SplitManifests {
  /** Without the gaps that are about single lists. */
  readonly manifests: Manifests;
  /** Those gaps. */
  readonly short: ListGaps;
}

export function splitListGaps(manifests: Manifests): SplitManifests {
  const about = manifests.gaps.filter(({ lists }) => lists !== undefined);
  const short: ListGaps = {
    none: about.length === 0,
    of(lists) {
      const read = new Set(lists);
      return about.filter((gap) => (gap.lists ?? []).some((list) => read.has(list))).map(gapOf);
    },
  };
  if (short.none) return { manifests, short };
  return {
    manifests: { ...manifests, gaps: manifests.gaps.filter((gap: ManifestGap) => !about.includes(gap)) },
    short,
  };
}

/** The same facts, which tell what of them is read. */
export function readsOf(manifests: Manifests): { readonly manifests: Manifests; readonly lists: ReadonlySet<string> } {
  const lists = new Set<string>();
  const observed = {};
  for (const [name, value] of Object.entries(manifests)) {
    Object.defineProperty(observed, name, {
      enumerable: true,
      get() {
        lists.add(name);
        return value;
      },
    });
  }
  return { manifests: observed as Manifests, lists };
}

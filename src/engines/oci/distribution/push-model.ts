/** What a policy says of pushes to a guarded registry and of deletes, and how it applies to one repository. */
import { compileGlob } from "../../../core/glob.ts";

/** The keys of this part under `registry`. */
export interface PushPolicy {
  /** `TAG` or `REPOSITORY:TAG`, patterns both (core/glob.ts): tags that keep the digest which they were pushed with. */
  readonly immutableTags: readonly string[];
  /** Of the same form: which of those may move after all. */
  readonly mutableTags: readonly string[];
  readonly push: PushRules;
  readonly deletes: Deletes;
  /** Repositories or patterns: what is pushed there is not served before its first scan, whatever is made of unknowns. */
  readonly quarantine: readonly string[];
}

export interface PushRules {
  /** Repositories or patterns; empty is any. */
  readonly repositories: readonly string[];
  /** Patterns over media types of manifests, artifacts, configs and layers; empty is any. */
  readonly mediaTypes: readonly string[];
  readonly maxManifestBytes: number;
  /** Of a layer, or of any other blob. */
  readonly maxLayerBytes: number;
  /** Of the config and the layers of one manifest together. */
  readonly maxImageBytes: number;
}

/** From the loosest to the strictest. `unused`: what is not seen running. */
export const deletes = ["allow", "unused", "deny"] as const;
export type Deletes = (typeof deletes)[number];

/** The two parts of an entry of `immutableTags`. */
export function tagPattern(entry: string): { readonly repository: string; readonly tag: string } {
  const colon = entry.lastIndexOf(":");
  return colon < 0
    ? { repository: "**", tag: entry }
    : { repository: entry.slice(0, colon), tag: entry.slice(colon + 1) };
}

/**
 * Which tags of a repository never move, by name.
 *
 * @returns undefined where none does: nothing need be asked then
 */
export function immutableTagsOf(
  { immutableTags, mutableTags }: Pick<PushPolicy, "immutableTags" | "mutableTags">,
  repository: string,
): ((tag: string) => boolean) | undefined {
  const immutable = matchersOf(immutableTags, repository);
  if (immutable.length === 0) return undefined;
  const mutable = matchersOf(mutableTags, repository);
  return (tag) => immutable.some((matches) => matches(tag)) && !mutable.some((matches) => matches(tag));
}

function matchersOf(entries: readonly string[], repository: string): ((tag: string) => boolean)[] {
  return entries.flatMap((entry) => {
    const pattern = tagPattern(entry);
    return compileGlob(pattern.repository)(repository) ? [compileGlob(pattern.tag)] : [];
  });
}

/** Whether one of the patterns names it. */
export function namesRepository(patterns: readonly string[], repository: string): boolean {
  return patterns.some((pattern) => compileGlob(pattern)(repository));
}

import { splitImageName } from "../../../core/image-name.ts";
import type { Relation } from "../../../core/relation.ts";
import { digestsOf, isOneOf, isSameName, isSameTag } from "../digests.ts";
import type { LinkBreak, LinkFact, LinkParts, TraceSources } from "../model.ts";

/** Which workloads or clusters run it: by its digest, or by a name whose meaning when they start nobody can say now. */
export function runs(sources: TraceSources): LinkParts {
  const { places, behavior } = sources;
  const watched = "gap" in behavior ? [] : behavior.relations.map((relation) => ({ relation, in: behavior.name }));
  if ("gap" in places && watched.length === 0) return { facts: [], gaps: [places.gap] };
  const stated = "gap" in places ? [] : places.relations.map((relation) => ({ relation, in: places.name }));
  const digests = digestsOf(sources);
  const facts = [...stated, ...watched].flatMap(({ relation, in: place }): LinkFact[] => {
    if (relation.type !== "runs") return [];
    const { from, to, since, observedAt, evidence } = relation;
    const told = { ...evidence, ...(since === undefined ? {} : { since }), seen: observedAt, in: place };
    if (runsByDigest(relation, digests)) return [{ text: `${from.name} by digest`, state: "observed", evidence: told }];
    if (digestIn(relation) !== undefined || !isSameName(to.name, sources.image.reference)) return [];
    return [{ text: `${from.name} by the name ${to.name}`, state: "claimed", evidence: told }];
  });
  return { facts, gaps: "gap" in places ? [places.gap] : places.gaps, breaks: moved(sources, digests) };
}

/** Id and name of each workload that runs it, or would. */
export function workloadsRunning(sources: TraceSources): ReadonlyMap<string, string> {
  const { places, image } = sources;
  const found = new Map<string, string>();
  if ("gap" in places) return found;
  const digests = digestsOf(sources);
  for (const relation of places.relations) {
    const { type, from, to } = relation;
    if (type !== "runs" || from.kind !== "workload") continue;
    const isNamed = digestIn(relation) === undefined && isSameName(to.name, image.reference);
    if (isNamed || runsByDigest(relation, digests)) found.set(from.id, from.name);
  }
  return found;
}

/** The name that was asked for runs, and is another image there. */
function moved({ places, image }: TraceSources, digests: ReadonlySet<string>): LinkBreak[] {
  // Whoever asks by digest asks for no tag.
  if ("gap" in places || !places.live || splitImageName(image.reference).digest !== undefined) return [];
  return places.relations.flatMap((relation): LinkBreak[] => {
    const { type, from, to, since, evidence } = relation;
    const digest = digestIn(relation);
    if (type !== "runs" || digest === undefined || digests.has(digest) || !isSameTag(to.name, image.reference))
      return [];
    // Each of its workloads says the same.
    if (from.kind !== "cluster") return [];
    // The digest of a configuration says nothing of a manifest that was not read.
    if (to.kind !== "image" || to.identifiedBy !== "manifest") return [];
    return [
      {
        reason: `${from.name} runs ${digest} by this name, which is ${image.subject.digest} by now: the tag moved`,
        evidence: { ...evidence, ...(since === undefined ? {} : { since }), in: places.name },
        fix: "pin the image by digest",
        check: { id: "workload/image-without-digest", category: "configuration" },
      },
    ];
  });
}

function runsByDigest(relation: Relation, digests: ReadonlySet<string>): boolean {
  return isOneOf(digestIn(relation), digests);
}

/** The digest that a relation's image is known by. */
function digestIn({ to, evidence }: Relation): string | undefined {
  if (to.kind !== "image") return undefined;
  return to.identifiedBy === "reference" ? evidence.digest : to.id;
}

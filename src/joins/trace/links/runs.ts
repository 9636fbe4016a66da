import { splitImageName } from "../../../core/image-name.ts";
import type { Relation } from "../../../core/relation.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";

/** Which workloads or clusters run it: by its digest, or by a name whose meaning when they start nobody can say now. */
export function runs({ places, image, scanned }: TraceSources): LinkParts {
  if ("gap" in places) return { facts: [], gaps: [places.gap] };
  const digests = new Set<string>([
    image.subject.digest,
    ...image.children.map(({ digest }) => digest),
    ...("gap" in scanned ? [] : [scanned.configDigest, ...(scanned.manifestDigest ? [scanned.manifestDigest] : [])]),
  ]);
  const asked = splitImageName(image.reference);
  const facts = places.relations.flatMap((relation): LinkFact[] => {
    const digest = digestOf(relation);
    const { from, to, since, evidence } = relation;
    const told = { ...evidence, ...(since === undefined ? {} : { since }), in: places.name };
    if (digest !== undefined) {
      return digests.has(digest) ? [{ text: `${from.name} by digest`, state: "observed", evidence: told }] : [];
    }
    const named = splitImageName(to.name);
    const same = named.registry === asked.registry && named.repository === asked.repository && named.tag === asked.tag;
    return same ? [{ text: `${from.name} by the name ${to.name}`, state: "claimed", evidence: told }] : [];
  });
  return { facts, gaps: places.gaps };
}

/** The digest that a relation's image is known by. */
function digestOf({ to, evidence }: Relation): string | undefined {
  if (to.kind !== "image") return undefined;
  return to.identifiedBy === "reference" ? evidence.digest : to.id;
}

import type { PackageOrigin, PackageType } from "../../engines/contents/model.ts";
import { isFrom, isPublic } from "../../engines/packages/model.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import { placeOf } from "../findings/dependency-place.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-confusion";

/** A private name from somewhere else than its registry, and a public one that is nobody's. */
export const dependencyConfusion: DependencyCheck<"change" | "origin"> = {
  id,
  title: "Private names from other registries",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "varies",
  documentation: {
    what: "Compares where the lockfile fetches a package from with `dependencies.privateNames` of the policy: names that belong to a private registry. Where the lockfile does not say it, it is unknown. Also reported: a package that the lockfile fetches from the public registry, which does not know it. Severity: high for a private name from elsewhere, low for a name that the public registry does not know.",
    why: "Package managers that ask several registries take the highest version. Whoever publishes a private name at the public registry runs their code in every build that asks it (dependency confusion).",
    fix: "Bind the scope or the name to its registry in your package manager's settings, and write the lockfile again. Reserve the name at the public registry.",
    references: [
      "https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610",
      "https://docs.npmjs.com/cli/v11/using-npm/scope#associating-a-scope-with-a-registry",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", origin: "partial" },
  applies: ({ origin: { privateName, unclaimed } }) => privateName !== undefined || unclaimed,
  *evaluate({ change, origin: { from, privateName, unclaimed } }) {
    if (privateName !== undefined) {
      const other = from.find((origin) => !isAt(origin, privateName.registry));
      if (other === undefined) return;
      const place = placeOf(other);
      yield dependencyFinding(id, change, {
        about: `from ${place}`,
        severity: "high",
        title: `is a private name, and is fetched from ${place} instead of ${privateName.registry}`,
        fix: `bind ${privateName.name} to ${privateName.registry} in your package manager's settings, and write the lockfile again`,
        evidence: { "fetched from": other.url, "private registry": privateName.registry },
      });
      return;
    }
    const known = from.find((origin) => isAtPublic(origin, change.type));
    if (!unclaimed || known === undefined) return;
    yield dependencyFinding(id, change, {
      about: "unknown to its registry",
      severity: "low",
      confidence: "medium",
      title: `is fetched from ${placeOf(known)}, which does not know it: it is private there, or anybody may publish it`,
      fix: "find out whether it was taken down; reserve the name if it is yours, and bind it to your registry",
      evidence: { "fetched from": known.url },
    });
  },
};

/** Parts of the project itself are nobody else's. */
function isAt({ kind, url: written }: PackageOrigin, registry: string): boolean {
  if (kind === "workspace" || kind === "file") return true;
  const url = URL.parse(written);
  return kind !== "git" && url !== null && isFrom(registry, url);
}

function isAtPublic({ kind, url: written }: PackageOrigin, type: PackageType): boolean {
  const url = URL.parse(written);
  return (kind === "registry" || kind === "url") && url !== null && isPublic(type, url);
}

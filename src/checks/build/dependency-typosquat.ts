import { dependencyFinding, isNewDirect } from "../findings/dependency-finding.ts";
import { popularResemblance } from "../knowledge/popular-packages.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-typosquat";

/** A new direct dependency whose name is nearly that of a well-known package. */
export const dependencyTyposquat: DependencyCheck<"change"> = {
  id,
  title: "New dependencies named like well-known packages",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Compares the names of npm and PyPI packages that a change adds as direct dependencies with those of the most used packages: one character more, fewer or other, two exchanged, other separators, words in another order, characters that look alike, a scope that is written as part of the name. Not reported: dependencies of dependencies, and names of fewer than five characters. A hint, never a fail: nearly one in a hundred ordinary names resembles a popular one, so severity is low.",
    why: "Whoever mistypes a name installs what somebody has published under it. A reviewer who is told of the resemblance looks twice.",
    fix: "Make sure that the package is the one that you mean: look at its repository and its downloads, not at its README.",
    references: ["https://slsa.dev/spec/v1.1/threats#use-of-a-typo-squatted-package"],
  },
  subject: "dependency",
  needs: { change: "partial" },
  applies: ({ change }) => isNewDirect(change),
  *evaluate({ change }) {
    const resemblance = popularResemblance(change.type, change.name);
    if (resemblance === undefined) return;
    const { popular, how } = resemblance;
    yield dependencyFinding(id, change, {
      about: popular,
      severity: "low",
      confidence: "low",
      title: `is named like ${popular}: ${how}`,
      fix: `make sure that ${change.name} is meant, and not ${popular}`,
      evidence: { resembles: popular, by: how },
    });
  },
};

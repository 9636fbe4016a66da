import { dependencyFinding, isNewDirect } from "../findings/dependency-finding.ts";
import { standardReplacement } from "../knowledge/standard-library.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-in-standard-library";

/** A new direct dependency for what the language or its standard library does. */
export const dependencyInStandardLibrary: DependencyCheck<"change"> = {
  id,
  title: "New dependencies that the standard library replaces",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Looks the npm and PyPI packages that a change adds as direct dependencies up in a table of packages that the language or its standard library makes unnecessary: `left-pad`, `isarray`, `rimraf`, `enum34`, `futures`. Not reported: dependencies of dependencies. Severity: low.",
    why: "Each dependency is one more account that can be taken over and one more package that can be withdrawn. What the runtime brings along is none.",
    fix: "Use what the finding names. Where versions of the runtime must be supported that lack it, say so in an exception.",
    references: [
      "https://developer.mozilla.org/docs/Web/JavaScript/Reference",
      "https://nodejs.org/api/",
      "https://docs.python.org/3/library/",
    ],
  },
  subject: "dependency",
  needs: { change: "partial" },
  applies: ({ change }) => isNewDirect(change),
  *evaluate({ change }) {
    const replacement = standardReplacement(change.type, change.name);
    if (replacement === undefined) return;
    yield dependencyFinding(id, change, {
      severity: "low",
      title: `does what the standard library does: ${replacement}`,
      fix: `use ${replacement} instead`,
      evidence: { instead: replacement },
    });
  },
};

import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-deprecated";

/** A version that its publisher has deprecated or withdrawn, or whose project is archived. */
export const dependencyDeprecated: DependencyCheck<"change" | "standing"> = {
  id,
  title: "Deprecated, yanked or archived packages",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Looks at what the registry says of the version now: deprecated (npm, NuGet, Go), yanked or retracted (PyPI, crates.io, Go, NuGet's unlisted), archived or abandoned (PyPI, Packagist). Not reported: an upgrade of a package that was deprecated before, and packages named by `dependencies.allowDeprecated`. Severity: medium where the version was withdrawn, else low, and negligible where another package brings it.",
    why: "Nobody fixes vulnerabilities in a package that is given up. A version that was withdrawn is broken or dangerous by its publisher's own word.",
    fix: "Take the version or the package that the publisher names instead.",
    references: [
      "https://docs.npmjs.com/deprecating-and-undeprecating-packages-or-package-versions",
      "https://peps.python.org/pep-0592/",
      "https://doc.rust-lang.org/cargo/commands/cargo-yank.html",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", standing: "partial" },
  *evaluate({ change, standing: { deprecated, yanked, archived, wasDeprecated } }) {
    const reason = deprecated === undefined ? {} : { reason: deprecated };
    if (yanked) {
      yield dependencyFinding(id, change, {
        about: "yanked",
        severity: "medium",
        title: "was withdrawn by its publisher (yanked)",
        fix: "take a version that was not withdrawn",
        evidence: reason,
      });
      return;
    }
    if (wasDeprecated || (deprecated === undefined && !archived)) return;
    yield dependencyFinding(id, change, {
      about: "deprecated",
      // Of what others bring only they can take another.
      severity: change.after?.direct === false ? "negligible" : "low",
      title: archived ? "is of an archived project" : "is deprecated",
      ...(deprecated === undefined ? {} : { detail: deprecated }),
      fix: "take the version or the package that its publisher names instead",
      evidence: reason,
    });
  },
};

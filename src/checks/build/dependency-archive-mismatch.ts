import { dependencyFinding } from "../findings/dependency-finding.ts";
import { clip } from "../findings/one-line.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-archive-mismatch";

/** An archive that is another package than the registry says. */
export const dependencyArchiveMismatch: DependencyCheck<"change" | "contents"> = {
  id,
  title: "Archives that contradict their registry",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "high",
  documentation: {
    what: "Compares what the archive of an npm or PyPI package says of itself with what the registry and the lockfile say of it: name, version, install scripts, dependencies. Not reported: what the registry does not serve. Severity: high.",
    why: "Registries take the manifest of a publication apart from its archive and do not compare them. Reviewers and tools read the one, installers run the scripts of the other (manifest confusion).",
    fix: "Do not install it. Where the difference is a mistake of the publisher's, tell them, and wait for a version without it.",
    references: ["https://blog.vlt.sh/blog/the-massive-hole-in-the-npm-ecosystem"],
  },
  subject: "dependency",
  needs: { change: "partial", contents: "partial" },
  *evaluate({ change, contents: { mismatches } }) {
    const [first] = mismatches;
    if (first === undefined) return;
    const more = mismatches.length === 1 ? "" : `, and ${mismatches.length - 1} more`;
    yield dependencyFinding(id, change, {
      about: [...mismatches].sort().join("; "),
      severity: "high",
      title: `has an archive that contradicts the registry: ${clip(first)}${more}`,
      fix: `do not install it before its publisher explains the difference: ${clip(first)}`,
      evidence: { differs: mismatches.join("; ") },
    });
  },
};

import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-archive-hash";

/** An archive, a lockfile and a registry that do not agree on the hash. */
export const dependencyArchiveHash: DependencyCheck<"change" | "archive"> = {
  id,
  title: "Archives with another hash than stated",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "high",
  documentation: {
    what: "Compares the hash of the archive that the registry serves with the hashes that the lockfile pins and the registry states, and those two with each other; of npm also the registry's signature over name, version and hash. Not reported: what the registry or the lockfile has no hash of. Severity: high.",
    why: "A lockfile whose hash is not the registry's installs something else from elsewhere, or nothing. A registry or mirror that serves other bytes than it states was tampered with.",
    fix: "Do not install it. Write the lockfile again from the registry, and compare what changed.",
    references: ["https://docs.npmjs.com/about-registry-signatures", "https://peps.python.org/pep-0691/"],
  },
  subject: "dependency",
  needs: { change: "partial", archive: "partial" },
  *evaluate({ change, archive: { mismatches, signature } }) {
    const [first] = mismatches;
    if (first !== undefined) {
      yield dependencyFinding(id, change, {
        about: first.between,
        severity: "high",
        title: `has different hashes: ${first.between} do not agree`,
        fix: "do not install it; write the lockfile again from the registry, and compare what changed",
        evidence: { algorithm: first.algorithm, expected: first.expected, actual: first.actual },
      });
    }
    if (signature?.state !== "refused") return;
    yield dependencyFinding(id, change, {
      about: "registry signature",
      severity: "high",
      title: `has a registry signature that does not hold: ${signature.reason}`,
      fix: "do not install it from this registry; ask npm's own registry for the version",
    });
  },
};

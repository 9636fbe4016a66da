import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images whose builder reaches a lower level than their rule asks for. */
export const provenanceLevel = trustCheck({
  name: "provenance-level",
  layer: "build",
  about: "provenance",
  title: "Provenance of too low a level",
  severity: "high",
  documentation: {
    what: "Compares the highest SLSA build level that the builder of the provenance may claim with `level` of the rule (`--verify`).",
    why: "Below level 3 a step of the build can forge its own provenance; at level 1 anybody can.",
    fix: "Build and sign in a reusable workflow that the build's own steps cannot reach, such as slsa-github-generator's, or state in `trust.builders` what your builder reaches.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.level"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build with a builder of the level that the rule asks for",
});

import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images whose provenance is older than their rule allows. */
export const provenanceAge = trustCheck({
  name: "provenance-age",
  layer: "build",
  about: "provenance",
  title: "Provenance too old",
  severity: "high",
  documentation: {
    what: "Compares when the build ended, as its provenance says, else when that was signed, with `maxAgeDays` of the rule (`--verify`).",
    why: "A rule with a maximum age keeps images from running that were built long ago.",
    fix: "Build the image again.",
    references: ["https://slsa.dev/spec/v1.1/provenance"],
  },
  found: isFor(["trust.age"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build the image again",
});

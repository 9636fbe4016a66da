import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images that were built from another branch or tag than their rule names. */
export const provenanceRef = trustCheck({
  name: "provenance-ref",
  layer: "build",
  about: "provenance",
  title: "Provenance of a foreign ref",
  severity: "high",
  documentation: {
    what: "Compares the branch or tag of the provenance with `ref` of the rule (`--verify`), as the signer's certificate states it.",
    why: "Branches that nobody protects can be pushed to by more people than may release.",
    fix: "Release from the refs that the rule names.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.ref"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build the image from a ref that the rule names",
});

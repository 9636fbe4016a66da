import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images that were built from another source than their rule names. */
export const provenanceSource = trustCheck({
  name: "provenance-source",
  layer: "build",
  about: "provenance",
  title: "Provenance of a foreign source",
  severity: "high",
  documentation: {
    what: "Compares the repository, its number and the commit of the provenance with `source`, `sourceId` and `commit` of the rule (`--verify`), as the signer's certificate states them, and what the predicate says with the certificate.",
    why: "A build of a fork, or of a repository with a similar name, has provenance as good as yours.",
    fix: "Build the image from the repository that the rule names, or mend the rule after a move.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.source", "trust.commit"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build the image from the repository that the rule names",
});

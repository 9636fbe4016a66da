import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images that another workflow built than their rule names. */
export const provenanceWorkflow = trustCheck({
  name: "provenance-workflow",
  layer: "build",
  about: "provenance",
  title: "Provenance of another workflow",
  severity: "high",
  documentation: {
    what: "Compares the workflow that was run with `workflow` of the rule (`--verify`), as the signer's certificate states it.",
    why: "Another workflow of the repository may build without review, with other inputs, or with a cache that others write.",
    fix: "Build the image in the workflow that the rule names.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.workflow"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build the image in the workflow that the rule names",
});

import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images whose provenance is by nobody who may speak for its builder. */
export const provenanceBuilder = trustCheck({
  name: "provenance-builder",
  layer: "build",
  about: "provenance",
  title: "Provenance by an untrusted builder",
  severity: "high",
  documentation: {
    what: "Holds who signed the provenance against the builder that it names (`--verify`): by the table of builders that Bulkhead knows and `trust.builders`. It finds images whose provenance names a builder for which its signer may not speak, or whose build type or parameters nobody here knows.",
    why: "Anybody can write that a trusted builder made something. Only the builder's own signature makes it so.",
    fix: "Build with a builder that the table has, or add yours to `trust.builders` with its signer, its ids and its level.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.builder", "trust.signer", "trust.predicate", "trust.expression"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build with a builder that is trusted, or add it to trust.builders",
});

import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images whose provenance is by nobody who may speak for its builder. */
export const provenanceBuilder = trustCheck({
  name: "provenance-builder",
  layer: "build",
  about: "provenance",
  title: "Provenance by an untrusted builder",
  severity: "high",
  documentation: {
    what: "Checks that the signer of the provenance may speak for the builder that it names (`--verify`), by the builders that Bulkhead knows and `trust.builders`. Reported: images whose provenance names a builder that its signer may not speak for, or a build type or parameters that Bulkhead does not know.",
    why: "Anybody can write that a trusted builder made something. Only the builder's own signature makes it so.",
    fix: "Build with a builder that the table has, or add yours to `trust.builders` with its signer, its ids and its level.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: isFor(["trust.builder", "trust.signer", "trust.predicate", "trust.expression"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "build with a builder that is trusted, or add it to trust.builders",
});

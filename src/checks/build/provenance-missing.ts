import { isBroken, isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images without provenance that their rule asks for. */
export const provenanceMissing = trustCheck({
  name: "provenance-missing",
  layer: "build",
  about: "provenance",
  title: "Missing provenance",
  severity: "high",
  documentation: {
    what: "Checks images whose rule in `trust.images` requires SLSA provenance (`--verify`). Reported: images without provenance, or without any that verifies.",
    why: "Without provenance nobody knows what the image was built from, and by whom.",
    fix: "Build and attest in one workflow: `bulkhead attest --type slsa`, GitHub's `actions/attest-build-provenance` or slsa-github-generator.",
    references: ["https://slsa.dev/spec/v1.1/verifying-artifacts"],
  },
  found: (missed) =>
    missed.cause === undefined || isBroken(missed) || isFor(["trust.unknown-key", "trust.unknown-root"])(missed),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "attest the build where it runs: bulkhead attest --type slsa",
});

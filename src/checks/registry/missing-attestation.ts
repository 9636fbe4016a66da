import { isBroken, isStrangers, trustCheck } from "../findings/trust-finding.ts";

/** Images without an attestation that their rule asks for. */
export const missingAttestation = trustCheck({
  name: "missing-attestation",
  layer: "registry",
  about: "attestations",
  title: "Missing attestations",
  severity: "high",
  documentation: {
    what: "Checks for the attestations that a rule of `trust.images` requires (`--verify`): an SBOM, a scan report, a VEX document, test results, a verification summary, or a predicate of your own. Reported: images without an attestation of that type by a signer of the rule.",
    why: "What is asked for is evidence that a step of your release took place. Without it nobody knows.",
    fix: "Attest it in the release workflow: `bulkhead attest --type sbom|vuln|vex|URI REF@sha256:…`.",
    references: ["https://github.com/in-toto/attestation/tree/main/spec/predicates"],
  },
  found: (missed) => missed.cause === undefined || isBroken(missed) || isStrangers(missed),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "attest it where the image is released: bulkhead attest",
});

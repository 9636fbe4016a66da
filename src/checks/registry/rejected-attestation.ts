import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images of which is attested what their rule refuses. */
export const rejectedAttestation = trustCheck({
  name: "rejected-attestation",
  layer: "registry",
  about: "attestations",
  title: "Attestations that say no",
  severity: "high",
  documentation: {
    what: "Reads what attestations by the right signers say (`--verify`). It finds images whose scan report has vulnerabilities that the rule refuses, whose tests or verification did not pass, whose predicate is not what its type says, or for which an expression of the rule is false.",
    why: "The attestation is there, and what it says is that the image should not run.",
    fix: "Mend what it says: `bulkhead verify REF` shows it. Attest again afterwards.",
    references: ["https://github.com/in-toto/attestation/tree/main/spec/predicates"],
  },
  found: isFor(["trust.result", "trust.expression", "trust.predicate", "trust.level", "trust.source"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "mend what the attestation says, and attest again",
});

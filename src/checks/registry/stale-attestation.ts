import { isFor, trustCheck } from "../findings/trust-finding.ts";

/** Images whose attestations are older than their rule allows. */
export const staleAttestation = trustCheck({
  name: "stale-attestation",
  layer: "registry",
  about: "attestations",
  title: "Attestations too old",
  severity: "high",
  documentation: {
    what: "Compares when the scan ended, the tests ran or the verification took place, as the attestation says, else when it was signed, with `maxAgeDays` of the rule (`--verify`). It finds images of which no attestation is young enough, or none says when.",
    why: "A scan of last year says nothing of the flaws that were found since.",
    fix: "Scan again and attest the new report: `bulkhead attest --type vuln`.",
    references: ["https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md"],
  },
  found: isFor(["trust.age"]),
  says: ({ requirement }) => requirement.reason.replace(/^n/, "N"),
  fix: "repeat the scan, test or verification and attest its result",
});

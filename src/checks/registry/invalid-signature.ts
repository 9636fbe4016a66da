import { isBroken, trustCheck } from "../findings/trust-finding.ts";

/** Images all of whose signatures fail to verify. */
export const invalidSignature = trustCheck({
  name: "invalid-signature",
  layer: "registry",
  about: "signers",
  title: "Invalid image signatures",
  severity: "high",
  documentation: {
    what: "Verifies the signatures of the image (`--verify`). It finds images that have signatures none of which verifies: another image's, changed ones, ones without the log entry or the time that the root demands, or of a form that is not read.",
    why: "A signature that does not verify is worth no more than none, and one of another image is what a replacement looks like.",
    fix: "`bulkhead verify REF --all` shows the step at which each signature fails. Sign the digest again where it is released.",
    references: ["https://docs.sigstore.dev/cosign/verifying/verify/"],
  },
  found: (missed) => missed.requirement.counted.length === 0 && isBroken(missed),
  says: () => "No signature of the image verifies",
  fix: "sign the image again where it is released (bulkhead verify REF --all shows where each signature fails)",
});

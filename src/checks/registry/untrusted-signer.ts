import { isStrangers, trustCheck } from "../findings/trust-finding.ts";

/** Images signed by somebody, and by nobody whom their rule names. */
export const untrustedSigner = trustCheck({
  name: "untrusted-signer",
  layer: "registry",
  about: "signers",
  title: "Image signed by a stranger",
  severity: "high",
  documentation: {
    what: "Verifies the signatures of the image (`--verify`) and holds who made them against the rules of `trust.images`. It finds images of which no signature is by a signer that the rule names. Where no rule is about the image, who may sign it is unknown.",
    why: "Anybody who may push to the registry may sign. Only who signed tells whether the image is yours.",
    fix: "Find out who signed it: `bulkhead verify REF` names each signer. If it is yours, add the signer to `trust.signers`; if not, treat the image as replaced: pull it nowhere, and push a build of your own.",
    references: ["https://docs.sigstore.dev/cosign/verifying/verify/"],
  },
  found: (missed) => missed.requirement.counted.length === 0 && isStrangers(missed),
  says: () => "No signature is by a signer whom the rule names",
  fix: "find out who signed it (bulkhead verify), then sign a build of your own or add the signer to trust.signers",
});

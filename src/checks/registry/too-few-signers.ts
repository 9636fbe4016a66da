import { trustCheck } from "../findings/trust-finding.ts";

/** Images signed by fewer signers than their rule asks for. */
export const tooFewSigners = trustCheck({
  name: "too-few-signers",
  layer: "registry",
  about: "signers",
  title: "Too few signers",
  severity: "high",
  documentation: {
    what: "Counts the signers of the image that its rule allows (`--verify`), each once, whatever the number and form of its signatures. Reported: images signed by some of them, but by fewer than `signedBy.atLeast`.",
    why: "Several signers are asked for so that one stolen key or one taken-over workflow is not enough.",
    fix: "Have the missing signers sign the same digest.",
    references: ["https://docs.sigstore.dev/cosign/signing/signing_with_containers/"],
  },
  found: ({ requirement }) => requirement.counted.length > 0,
  says: ({ requirement }) => requirement.reason.replace(/^s/, "S"),
  fix: "have the missing signers sign the same digest",
});

import { trustCheck } from "../findings/trust-finding.ts";

/** Images signed by fewer signers than their rule asks for. */
export const tooFewSigners = trustCheck({
  name: "too-few-signers",
  layer: "registry",
  about: "signers",
  title: "Too few signers",
  severity: "high",
  documentation: {
    what: "Counts the signers of the image (`--verify`) that its rule names: each once, whatever forms its signatures have and however many they are. It finds images that some of them have signed, and fewer than `signedBy.atLeast`.",
    why: "Several signers are asked for so that one stolen key or one taken-over workflow is not enough.",
    fix: "Have the missing signers sign the same digest.",
    references: ["https://docs.sigstore.dev/cosign/signing/signing_with_containers/"],
  },
  found: ({ requirement }) => requirement.counted.length > 0,
  says: ({ requirement }) => requirement.reason.replace(/^s/, "S"),
  fix: "have the missing signers sign the same digest",
});

import { isFor, trustCheck } from "../findings/trust-finding.ts";

const isStale = isFor(["trust.age"]);

/** Images whose signatures are older than their rule allows. */
export const staleSignature = trustCheck({
  name: "stale-signature",
  layer: "registry",
  about: "signers",
  title: "Image signatures too old",
  severity: "high",
  documentation: {
    what: "Compares the first time that a log or a timestamp authority vouches for with `maxAgeDays` of the rule (`--verify`). It finds images whose signatures are by the right signers and older than that, or without a time.",
    why: "A rule with a maximum age keeps images from running that nobody has built or looked at for long.",
    fix: "Rebuild the image and sign it. Signatures by a key need a log entry or a timestamp to have an age.",
    references: ["https://docs.sigstore.dev/cosign/verifying/timestamps/"],
  },
  found: (missed) => missed.requirement.counted.length === 0 && isStale(missed),
  says: ({ cause }) => `The signatures are too old or have no time: ${cause?.reason ?? ""}`,
  fix: "rebuild the image and sign it, with a log entry or a timestamp",
});

import type { ImageTrustCheck } from "../subjects/trust.ts";

/** Images of whose contents nobody who may has attested anything. */
export const imageNotScanned: ImageTrustCheck<"scans"> = {
  id: "registry/image-not-scanned",
  title: "Images without a trusted scan",
  layer: "registry",
  category: "trust",
  controls: [2],
  severity: "high",
  documentation: {
    what: "Checks, where images are evaluated without being opened (`bulkhead admission`), for a verified SBOM or scan report of the image. Where a rule of `trust.images` asks for one, it must be by the signers that the rule names; otherwise by the signers of the image. One of an index covers all images in it; without one, each image needs its own.",
    why: "An unscanned image may have any vulnerability, and a report that anyone could have written proves nothing.",
    fix: "Attest an SBOM where the image is released, `bulkhead attest --type sbom REF@sha256:…`, or a scan, `--type vuln`.",
    references: ["https://github.com/in-toto/attestation/tree/main/spec/predicates"],
  },
  subject: "image-trust",
  needs: { scans: "complete" },
  looked: ({ scans: { digest, scans } }) => ({ digest, "SBOMs and scan reports": String(scans.length) }),
  *evaluate({ scans: { reference, digest, missing, refused } }) {
    for (const { platform, digest: own } of missing) {
      const which = missing.length === 1 && own === digest ? "The image is" : `The image for ${platform ?? own} is`;
      const [first] = refused;
      yield {
        subject: `scan${platform === undefined ? "" : ` of ${platform}`}`,
        severity: "high",
        title: `${which} not scanned`,
        detail:
          first === undefined
            ? "no verified SBOM or scan report of it"
            : `no SBOM or scan report of it counts: ${first.reason}`,
        locations: [{ kind: "config", field: "attestations" }],
        matches: { ids: ["registry/image-not-scanned"] },
        fix: { kind: "instruction", text: "attest an SBOM where the image is released: bulkhead attest --type sbom" },
        evidence: { reference, digest: own },
      };
    }
  },
};

import { byTool, lifecycleCheck } from "./lifecycle/lifecycle-check.ts";

/** Provenance that nobody reads (SLSA 1.2, "Verifying artifacts"). */
export const provenanceNeverRequired = lifecycleCheck({
  name: "provenance-never-required",
  title: "Provenance attested and never required",
  severity: "medium",
  documentation: {
    what: "Checks that provenance which pipelines attest (`actions/attest-build-provenance`, slsa-github-generator, `cosign attest --type slsaprovenance`, `docker buildx --provenance`) is asked for by something that was read: an admission policy with attestations, `trust.images[].attestations` of the policy, or a step (`gh attestation verify`, `slsa-verifier`, `cosign verify-attestation`, `bulkhead verify`). Not reported: repositories without manifests and clusters. Unknown where a step that was not read may verify. Severity: medium.",
    why: "An image from another builder, another branch or a laptop is deployed just as well: the attestation describes the right one and stops no wrong one.",
    fix: "Require it where images are admitted: `trust.images: [{ match: …, attestations: [{ type: slsa, level: 2, source: … }] }]`.",
    references: [
      "https://slsa.dev/spec/v1.2/verifying-artifacts",
      "https://cli.github.com/manual/gh_attestation_verify",
    ],
  },
  of: "provenance",
  need: "complete",
  *detect({ attests, requiredBy, read, ofCluster }) {
    if (requiredBy.length > 0) return;
    for (const { tool, pipeline, places } of byTool(attests)) {
      yield {
        subject: `${tool} in ${pipeline}`,
        title: `${tool} attests provenance in ${pipeline}, and nothing requires it`,
        detail: `no requirement in ${read}`,
        confidence: ofCluster ? "high" : "medium",
        places,
        fix: "require it in trust.images of bulkhead.yaml: attestations: [{ type: slsa, level: 2, source: REPOSITORY }]",
        evidence: { read },
      };
    }
  },
});

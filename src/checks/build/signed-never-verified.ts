import { byTool, lifecycleCheck, listed } from "./lifecycle/lifecycle-check.ts";

/** Signatures that nothing insists on. Where an image goes that was not read, nobody knows who verifies it. */
export const signedNeverVerified = lifecycleCheck({
  name: "signed-never-verified",
  title: "Images signed and never verified",
  severity: "medium",
  documentation: {
    what: "Checks that what pipelines sign (`cosign sign`, `notation sign`, `bulkhead sign`, `skopeo --sign-by`) is verified by something that was read: an admission policy in the manifests or the cluster, `trust.images` of the policy, or a step (`cosign verify`, `notation verify`, `bulkhead verify`, `gh attestation verify`). Not reported: repositories without manifests and clusters, of which nobody knows where their images go. Unknown where a step that was not read (`make deploy`) may verify. That a verifier only audits is `cluster/image-verification`. Severity: medium.",
    why: "A signature that nobody asks for keeps no image out: whoever pushes to the registry runs in the cluster, signed or not.",
    fix: "Verify on admission: `bulkhead admission manifests`, Kyverno's ImageValidatingPolicy or sigstore's policy-controller, and name the signers in `trust.images` of bulkhead.yaml.",
    references: [
      "https://docs.sigstore.dev/cosign/verifying/verify/",
      "https://kubernetes.io/docs/tasks/administer-cluster/verify-signed-artifacts/",
    ],
  },
  of: "signing",
  need: "complete",
  *detect({ signs, verifiedBy, read, ofCluster }) {
    if (verifiedBy.length > 0) return;
    for (const { tool, pipeline, places } of byTool(signs)) {
      yield {
        subject: `${tool} in ${pipeline}`,
        title: `${tool} signs images in ${pipeline}, and nothing verifies them`,
        detail: `no verification in ${read}`,
        // Files hold a part of a cluster.
        confidence: ofCluster ? "high" : "medium",
        places,
        fix: "verify on admission (`bulkhead admission manifests`) and name the signers in trust.images of bulkhead.yaml",
        evidence: { images: listed(signs.flatMap(({ image }) => image?.text ?? [])) || "not named", read },
      };
    }
  },
});

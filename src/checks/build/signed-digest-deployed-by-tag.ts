import { byTool, lifecycleCheck, listed } from "./lifecycle/lifecycle-check.ts";

/** A signature is of one digest; a tag is of whichever it points to now. */
export const signedDigestDeployedByTag = lifecycleCheck({
  name: "signed-digest-deployed-by-tag",
  title: "Images signed by digest and deployed by tag",
  severity: "medium",
  documentation: {
    what: "Checks for images that a pipeline signs by digest and that manifests, or workloads of the cluster, name by a tag of the same repository. Not reported: where something verifies on admission, which resolves the tag, and where a pipeline sets the digest when it deploys. Severity: medium.",
    why: "What was signed and what is pulled are the same until somebody moves the tag.",
    fix: "Deploy the digest that was signed: `image: NAME@sha256:…`, set by the pipeline (`kustomize edit set image NAME@DIGEST`).",
    references: ["https://docs.sigstore.dev/cosign/signing/signing_with_containers/"],
  },
  of: "signedDigests",
  need: "partial",
  *detect({ signs, byTag }) {
    const [first] = byTag;
    if (first === undefined) return;
    for (const { tool, pipeline, places } of byTool(signs)) {
      yield {
        subject: `${tool} in ${pipeline}`,
        title: `${tool} signs a digest in ${pipeline}, and ${first.image} is deployed by its tag`,
        places,
        objects: byTag,
        fix: "deploy the digest that was signed: image: NAME@sha256:…",
        evidence: { deployed: listed(byTag.map(({ image }) => image)) },
      };
    }
  },
});

import { byTool, lifecycleCheck } from "./lifecycle/lifecycle-check.ts";

/** SBOMs that end as a file that goes with the run. */
export const sbomNeverRead = lifecycleCheck({
  name: "sbom-never-read",
  title: "SBOMs written and never read",
  severity: "medium",
  documentation: {
    what: "Checks SBOMs that pipelines write (syft, `trivy --format cyclonedx`, cdxgen, `bulkhead image sbom` and their like) for a step that uses them: attested to the image, scanned, attached to a release, submitted to GitHub's dependency graph or Dependency-Track, or named by a later command. An artifact of the run alone is no use: it is deleted with it. Unknown where a step that was not read may use it. Severity: medium.",
    why: "When the next vulnerability is known everybody asks which images hold the package, and the answer was thrown away.",
    fix: "Attest it to the image: `bulkhead attest --type sbom`, `cosign attest --type spdxjson`, `actions/attest-sbom`; or scan it weekly: `bulkhead image scan sbom:FILE`.",
    references: ["https://docs.sigstore.dev/cosign/verifying/attestation/", "https://github.com/actions/attest-sbom"],
  },
  of: "sboms",
  need: "complete",
  *detect({ made }) {
    const unread = made.filter(({ read }) => !read).map(({ step }) => step);
    for (const { tool, pipeline, places } of byTool(unread)) {
      yield {
        subject: `${tool} in ${pipeline}`,
        title: `${tool} writes an SBOM in ${pipeline} that nothing reads`,
        places,
        fix: "attest it to the image: `cosign attest --type spdxjson --predicate FILE IMAGE@DIGEST`",
      };
    }
  },
});

import type { PipelinesCheck } from "../subjects/tree.ts";

/**
 * Scans in continuous integration that cannot stop it. That there is no scan at all is a gap of the evidence and not a
 * finding: it may stand in a place that is not in the tree.
 */
export const nonBlockingScan: PipelinesCheck<"scans"> = {
  id: "build/non-blocking-scan",
  title: "Image scans that do not fail the pipeline",
  layer: "build",
  category: "configuration",
  controls: [2],
  severity: "medium",
  documentation: {
    what: "Checks GitHub's workflows and GitLab's pipelines for steps that scan images, and whether what they find ends the pipeline. It passes where at least one step does; without one the answer is *unknown*, since the blocking step may be elsewhere.",
    why: "A scan that blocks nothing is a report that nobody reads: images with critical vulnerabilities are shipped all the same.",
    fix: "Let the step fail: `bulkhead check` and `bulkhead image scan` do so by themselves, `trivy --exit-code 1 --severity CRITICAL`, `grype --fail-on critical`, `docker scout cves --exit-code`. Take away `continue-on-error`, `allow_failure` and `|| true`.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepscontinue-on-error",
      "https://docs.gitlab.com/ci/yaml/#allow_failure",
    ],
  },
  subject: "pipelines",
  needs: { scans: "partial" },
  *evaluate({ scans }) {
    for (const { pipeline, job, line, column, scanner, ignored } of scans) {
      if (ignored === undefined) continue;
      yield {
        subject: `${scanner} in ${job} of ${pipeline}`,
        severity: "medium",
        title: `${scanner} findings do not fail the job: ${ignored}`,
        locations: [{ kind: "file", path: pipeline, line, column }],
        matches: { ids: ["build/non-blocking-scan"], path: pipeline },
        fix: { kind: "instruction", text: "make the step fail on critical vulnerabilities (trivy: --exit-code 1)" },
        evidence: { job, scanner },
      };
    }
  },
};

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
    what: "Checks GitHub's workflows and GitLab's pipelines for steps that scan images, and whether what they find ends the pipeline. It passes where at least one step does; without one the answer is *unknown*, since the blocking step may be elsewhere. A scan in a pipe ends a step only where the shell has `pipefail`: GitLab's runner sets it, GitHub with `shell: bash` alone. Settings count as the scanner takes them: options, then variables (`TRIVY_EXIT_CODE`, `GRYPE_FAIL_ON_SEVERITY`) of the command, step, job and workflow, then `trivy.yaml`, `.grype.yaml` or the file that a step names; of one that cannot be read the answer is *unknown*.",
    why: "A scan that blocks nothing is a report that nobody reads: images with critical vulnerabilities are shipped all the same.",
    fix: "Let the step fail: `bulkhead check` and `bulkhead image scan` do so by themselves, `trivy --exit-code 1 --severity CRITICAL`, `grype --fail-on critical`, `docker scout cves --exit-code`. Take away `continue-on-error`, `allow_failure` and `|| true`; write `shell: bash` where its output is piped.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepscontinue-on-error",
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell",
      "https://docs.gitlab.com/ci/yaml/#allow_failure",
      "https://trivy.dev/docs/latest/configuration",
    ],
  },
  subject: "pipelines",
  needs: { scans: "partial" },
  *evaluate({ scans }) {
    for (const { pipeline, job, line, column, scanner, ignored } of scans) {
      // Of one that is configured by what was not read the evidence has a gap.
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

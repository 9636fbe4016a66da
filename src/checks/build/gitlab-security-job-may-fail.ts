import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue } from "./gitlab/parts.ts";
import { scannerOf } from "./gitlab/scanners.ts";

/** Jobs of GitLab's own security templates. */
const TEMPLATES: ReadonlySet<string> = new Set([
  ..."sast sast-iac kics-iac-sast semgrep-sast secret_detection dast dast_api container_scanning".split(" "),
  ..."dependency_scanning gemnasium-dependency_scanning coverage_fuzzing api_fuzzing license_scanning".split(" "),
]);

/** Scans whose failure the pipeline passes over. */
export const gitlabSecurityJobMayFail = gitlabCheck({
  name: "gitlab-security-job-may-fail",
  title: "Security scans that may fail",
  severity: "medium",
  scripts: true,
  documentation: {
    what: "Checks jobs of GitLab's security templates, and jobs that run a scanner, for `allow_failure: true`. Not reported: jobs that allow single exit codes. Severity: medium.",
    why: "A scan that breaks or finds something leaves the pipeline green: nobody reads it, and the merge goes on.",
    fix: "Remove `allow_failure`. Let findings pass by the scanner's own exceptions, or by `allow_failure: {exit_codes: …}`.",
    references: ["https://docs.gitlab.com/ci/yaml/#allow_failure"],
  },
  *detect(pipeline) {
    for (const { name, allowFailure, script, beforeScript } of pipeline.jobs) {
      if (!isTrue(allowFailure) || allowFailure === undefined) continue;
      const tool = [...beforeScript, ...script].flatMap(({ commands }) =>
        commands.flatMap((one) => scannerOf(one) ?? []),
      )[0];
      if (!TEMPLATES.has(name) && tool === undefined) continue;
      yield {
        subject: `job ${name}`,
        title: `the security scan ${name} may fail without consequence`,
        place: allowFailure.place,
        job: name,
        fix: "remove allow_failure, and except single findings in the scanner",
        ...(tool === undefined ? {} : { evidence: { scanner: tool } }),
      };
    }
  },
});

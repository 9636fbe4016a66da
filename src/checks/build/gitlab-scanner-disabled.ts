import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue, variablesOf } from "./gitlab/parts.ts";

const SWITCH =
  /^(?:SAST|SAST_IAC|SECRET_DETECTION|DEPENDENCY_SCANNING|CONTAINER_SCANNING|LICENSE_MANAGEMENT|DAST|API_FUZZING|COVFUZZ|CODE_QUALITY)_DISABLED$/;

/** GitLab scanners that a variable of the file switches off. */
export const gitlabScannerDisabled = gitlabCheck({
  name: "gitlab-scanner-disabled",
  title: "Security scans switched off",
  severity: "medium",
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for switches of the security templates that are on: `SAST_DISABLED`, `SECRET_DETECTION_DISABLED` and their like. Severity: medium.",
    why: "The template is included and its jobs are gone: the pipeline looks scanned, and is not.",
    fix: "Remove the variable; exclude paths or single analyzers where a scan finds too much.",
    references: ["https://docs.gitlab.com/user/application_security/detect/security_configuration/"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, value } = variable;
      if (!SWITCH.test(name) || !isTrue(value)) continue;
      yield {
        subject: `variable ${name}`,
        title: `${name} switches a security scan off`,
        place: key,
        job,
        fix: `remove ${name}`,
      };
    }
  },
});

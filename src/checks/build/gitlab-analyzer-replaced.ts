import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { variablesOf } from "./gitlab/parts.ts";

const ANALYZERS = /^(?:SECURE_ANALYZERS_PREFIX|(?:SAST|DS|CS|DAST|SECRETS?|FUZZAPI|IAC)_ANALYZER_IMAGE)$/;

/** GitLab scanners whose images come from somewhere else. */
export const gitlabAnalyzerReplaced = gitlabCheck({
  name: "gitlab-analyzer-replaced",
  title: "Security analyzers from other registries",
  severity: "medium",
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for `SECURE_ANALYZERS_PREFIX` and the images of single analyzers that lie outside of `registry.gitlab.com`. Not reported: a registry that a variable holds. Severity: medium.",
    why: "Every security scan of the pipeline then runs an image of somebody else, which may find what it likes, with the source and the token of the job.",
    fix: "Remove the variable, or mirror the analyzers into a registry of your own that a variable of the instance names.",
    references: ["https://docs.gitlab.com/user/application_security/offline_deployments/"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, value } = variable;
      if (value === undefined || !ANALYZERS.test(name)) continue;
      const host =
        value.value
          .trim()
          .replace(/^https?:\/\//, "")
          .split("/", 1)[0]
          ?.toLowerCase() ?? "";
      if (host === "" || host.includes("$") || host === "registry.gitlab.com") continue;
      yield {
        subject: `variable ${name}`,
        title: `${name} takes security analyzers from ${host}`,
        place: value.place,
        job,
        fix: `remove ${name}`,
      };
    }
  },
});

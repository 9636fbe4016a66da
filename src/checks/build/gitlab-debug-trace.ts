import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue, variablesOf } from "./gitlab/parts.ts";

/** Tracing that writes all variables into the job log. */
export const gitlabDebugTrace = gitlabCheck({
  name: "gitlab-debug-trace",
  title: "Debug tracing committed",
  severity: "high",
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for `CI_DEBUG_TRACE` and `CI_DEBUG_SERVICES` that are on. Severity: high for the former, medium for the latter.",
    why: "The log then holds every variable of the job, secrets that are not masked among them, and everyone who may see the job can read it.",
    fix: "Remove the variable. For one run, set it in the form of a new pipeline.",
    references: ["https://docs.gitlab.com/ci/variables/variables_troubleshooting/#enable-debug-logging"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, value } = variable;
      const isTrace = name === "CI_DEBUG_TRACE";
      if ((!isTrace && name !== "CI_DEBUG_SERVICES") || !isTrue(value)) continue;
      yield {
        subject: `variable ${name}`,
        title: `${name} is on: ${isTrace ? "all variables are" : "what services print is"} in the job log`,
        place: key,
        job,
        severity: isTrace ? "high" : "medium",
        fix: `remove ${name}`,
      };
    }
  },
});

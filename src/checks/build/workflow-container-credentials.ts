import { containersOf, stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Passwords of registries that are written into a workflow. */
export const workflowContainerCredentials = workflowCheck({
  name: "workflow-container-credentials",
  title: "Hard-coded registry passwords in workflows",
  severity: "high",
  category: "secret",
  controls: [3],
  documentation: {
    what: "Checks `credentials.password` of `container` and `services` for a text that is no expression. The value is not shown.",
    why: "Everyone who can read the repository, or a fork of it, can pull and perhaps push the registry's images, which then run in the pipeline.",
    fix: "Revoke the password, and read the new one from a secret: `secrets.REGISTRY_PASSWORD`.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainercredentials",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const job of stepsJobs(file)) {
      for (const { what, container } of containersOf(job)) {
        const { password } = container;
        if (password === undefined || password.value.trim() === "" || password.expressions.length > 0) continue;
        yield {
          subject: `job ${job.id}: ${what}`,
          title: `The registry password of ${what} in job ${job.id} is hard-coded`,
          place: password.place,
          // Another password would be the same finding.
          unrecorded: true,
          confidence: "high",
          fix: "revoke the password and read the new one from secrets.REGISTRY_PASSWORD",
          evidence: { field: `${what.replace(/^service /, "services.")}.credentials.password` },
        };
      }
    }
  },
});

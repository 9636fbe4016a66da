import { actionName } from "./pipelines/steps.ts";
import { callJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Calls of reusable workflows that hand on every secret of the caller. */
export const workflowSecretsInherited = workflowCheck({
  name: "workflow-secrets-inherited",
  title: "All secrets passed to a reusable workflow",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks jobs that call another workflow for `secrets: inherit`. Severity: medium for a workflow of another repository, low for one of this repository.",
    why: "The called workflow, and everything it uses, can read every secret of the caller; which of them it needs nobody can see.",
    fix: "List the secrets that the workflow needs: a mapping under `secrets` with one entry each.",
    references: [
      "https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#passing-inputs-and-secrets-to-a-reusable-workflow",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { id, uses, secrets } of callJobs(file)) {
      if (secrets?.kind !== "inherit") continue;
      const name = actionName(uses);
      yield {
        subject: `job ${id}: ${name}`,
        title: `Job ${id} passes every secret to ${name}`,
        place: uses.text.place,
        related: [secrets.text.place],
        severity: uses.kind === "local" ? "low" : "medium",
        confidence: "high",
        fix: "list the secrets that the called workflow needs instead of inherit",
        evidence: { uses: uses.text.value },
      };
    }
  },
});

import { archivedActions } from "./pipelines/archived-actions.ts";
import { actionName } from "./pipelines/steps.ts";
import { repositoryOf, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Actions of repositories that nobody maintains any more. */
export const workflowArchivedAction = workflowCheck({
  name: "workflow-archived-action",
  title: "Actions from archived repositories",
  severity: "medium",
  documentation: {
    what: "Checks each `uses` against a list of well-known action repositories that their owners have archived. Other archived repositories are not known here: `build/workflow-vulnerable-action` goes by advisories instead.",
    why: "What is archived gets no fixes: flaws of the action, and of the dependencies that are bundled with it, stay.",
    fix: "Use a maintained action, or the tool itself in a `run` step.",
    references: ["https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories"],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses } of usesOf(file)) {
      const repository = repositoryOf(uses);
      if (repository === undefined || !archivedActions.has(repository)) continue;
      const instead = archivedActions.get(repository);
      const name = actionName(uses);
      yield {
        subject: name,
        title: `${name} is archived`,
        place: uses.text.place,
        confidence: "high",
        fix: instead === undefined ? "use a maintained action, or the tool itself in a run step" : `use ${instead}`,
        evidence: { uses: uses.text.value },
      };
    }
  },
});

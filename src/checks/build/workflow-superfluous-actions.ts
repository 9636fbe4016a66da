import { SUPERFLUOUS_ACTIONS } from "../knowledge/superfluous-actions.ts";
import { actionName, stepsOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Somebody else's code for what the runner's own programs do. */
export const workflowSuperfluousActions = workflowCheck({
  name: "workflow-superfluous-actions",
  title: "Actions that the runner's own programs replace",
  severity: "low",
  documentation: {
    what: "Checks steps for actions that wrap what GitHub's runners have installed: `gh`, `git`, `jq`, `docker`, `rustup`. Severity: low, negligible where the action does more than the program alone.",
    why: "Each action is code of another account that runs with the job's token; one that is not used cannot be taken over.",
    fix: "Call the program in a `run` step, with the token in `env: GH_TOKEN`.",
    references: ["https://github.com/actions/runner-images"],
  },
  needs: "partial",
  *detect(file) {
    for (const { step } of stepsOf(file)) {
      if (step.kind !== "uses") continue;
      const name = actionName(step.uses);
      const known = SUPERFLUOUS_ACTIONS[name.toLowerCase()];
      if (known === undefined) continue;
      yield {
        subject: name,
        title: `${name} does what ${known.instead} does`,
        ...(known.more === true ? ({ severity: "negligible", confidence: "low" } as const) : {}),
        place: step.uses.text.place,
        fix: `use ${known.instead} in a run step`,
      };
    }
  },
});

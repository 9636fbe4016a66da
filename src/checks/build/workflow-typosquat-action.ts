import { isOneSlipAway } from "./pipelines/one-slip.ts";
import { popularActions } from "./pipelines/popular-actions.ts";
import { repositoryOf, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Actions whose name is one slip of the keyboard away from a popular one of another owner. */
export const workflowTyposquatAction = workflowCheck({
  name: "workflow-typosquat-action",
  title: "Actions named like popular ones",
  severity: "medium",
  documentation: {
    what: "Compares the owner and repository of each `uses` with popular actions. Reported: one character missing, added, doubled or replaced, or two swapped, where the owner differs from the popular action's. Not reported: popular actions themselves, and slips within the same owner, who has the name.",
    why: "Whoever registers the misspelled owner has the workflow run their code.",
    fix: "Correct the name; where it is meant, write an exception.",
    references: ["https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions"],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses } of usesOf(file)) {
      const name = repositoryOf(uses);
      if (name === undefined || POPULAR.has(name)) continue;
      const popular = popularActions.find((one) => isOneSlipAway(name, one));
      if (popular === undefined || popular.split("/", 1)[0] === name.split("/", 1)[0]) continue;
      yield {
        subject: name,
        title: `${name} is one character away from ${popular}`,
        place: uses.text.place,
        confidence: "low",
        fix: `use ${popular}, if that is meant`,
        evidence: { uses: uses.text.value, popular },
      };
    }
  },
});

const POPULAR: ReadonlySet<string> = new Set(popularActions);

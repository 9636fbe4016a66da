import type { Text } from "../../engines/pipelines/model.ts";
import { isText } from "./pipelines/condition-text.ts";
import { conditionsOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Conditions that are text and so always hold ("Evaluate expressions in workflows and actions", literals: texts are true). */
export const workflowUnsoundCondition = workflowCheck({
  name: "workflow-unsound-condition",
  title: "Conditions that always hold",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about how a pipeline decides what it runs",
  documentation: {
    what: "Checks `if` of jobs and steps for text beside `${{ }}`: operators, words, the line end that a `|` or `>` block keeps. Not reported: an expression alone, a condition without braces. Severity: high.",
    why: "With text beside it the whole becomes a text, and a text that is not empty counts as true: a deployment that was meant for releases alone runs on every event.",
    fix: "Write the condition without `${{ }}`, or all of it within one pair; for a block use `|-` or `>-`, which keep no line end.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idif",
      "https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#literals",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { condition, about } of conditionsOf(file)) {
      if (!isText(condition)) continue;
      const isBlock = condition.value.trim().length < condition.value.length && hasOne(condition);
      yield {
        subject: about,
        title: `The condition of ${about} always holds: ${isBlock ? "white space" : "text"} stands beside its expression`,
        confidence: "high",
        place: condition.place,
        fix: isBlock ? "use |- or >- instead of | or >" : `write it without the braces: if: ${bare(condition)}`,
        evidence: { condition: condition.value },
      };
    }
  },
});

function hasOne({ value, expressions }: Text): boolean {
  const trimmed = value.trim();
  return expressions.length === 1 && trimmed.startsWith("${{") && trimmed.endsWith("}}");
}

/** The same words without braces, as far as one line shows it. */
function bare({ value }: Text): string {
  return value.replaceAll("${{", "").replaceAll("}}", "").replace(/\s+/g, " ").trim();
}

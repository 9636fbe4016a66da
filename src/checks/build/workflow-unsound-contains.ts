import { type Expression, walkExpression } from "../../engines/pipelines/model.ts";
import { exposureOf } from "./pipelines/exposure.ts";
import { isCall } from "./pipelines/expressions.ts";
import { nameOf, originsOf } from "./pipelines/origins.ts";
import { conditionsOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** A list that is written as one text, so that parts of its words are in it too ("Evaluate expressions", `contains`). */
export const workflowUnsoundContains = workflowCheck({
  name: "workflow-unsound-contains",
  title: "contains() over a text instead of a list",
  severity: "medium",
  controls: [],
  documentation: {
    what: "Checks `if` of jobs and steps for `contains('text', value)`, which holds for every part of the text. Not reported: lists (`contains(fromJSON('[…]'), value)`), a fixed part that is looked for in a value. Severity: medium where somebody chooses the value (branch names, inputs, variables), else low.",
    why: "`contains('refs/heads/main refs/heads/develop', github.ref)` holds for a branch named `mai` too: whoever may push some branch gets past the condition.",
    fix: 'Write a list: `contains(fromJSON(\'["refs/heads/main", "refs/heads/develop"]\'), github.ref)`, or compare with `==` joined by `||`.',
    references: ["https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#contains"],
  },
  needs: "partial",
  *detect(file) {
    for (const { condition, about } of conditionsOf(file)) {
      for (const { tree, place, source } of condition.expressions) {
        if (tree === undefined) continue;
        for (const { list, value } of looseContains(tree)) {
          const isChosen = originsOf(value, { file }).some(
            (origin) => isOpen(origin.name) || (exposureOf(origin, file, undefined)?.severity ?? "low") !== "low",
          );
          const name = value.kind === "context" ? (nameOf(value) ?? "a value") : "a value";
          yield {
            subject: `${about}: contains of ${name}`,
            title: `The condition of ${about} holds for any part of '${list}', not for its words alone`,
            severity: isChosen ? "medium" : "low",
            confidence: "high",
            place,
            fix: `use a list: contains(fromJSON('${JSON.stringify(list.split(/[\s,]+/).filter(Boolean))}'), ${name})`,
            evidence: { condition: source },
          };
        }
      }
    }
  },
});

/** Set by whoever starts the run, or by what ran before. */
const isOpen = (name: string): boolean => /^(?:env|inputs)\.|^github\.(?:ref|sha|actor|triggering_actor)/.test(name);

function* looseContains(tree: Expression): Generator<{ readonly list: string; readonly value: Expression }> {
  for (const part of walkExpression(tree)) {
    if (!isCall(part, "contains")) continue;
    const [list, value] = part.arguments;
    if (list?.kind === "literal" && typeof list.value === "string" && value?.kind === "context") {
      yield { list: list.value, value };
    }
  }
}

import { childrenOf, constantOf, type Expression, isTrue } from "../../engines/pipelines/model.ts";
import { expressionsOf } from "./pipelines/expressions.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** `a && '' || b`, which is `b` whatever `a` is ("Evaluate expressions", operators). */
export const workflowUnsoundTernary = workflowCheck({
  name: "workflow-unsound-ternary",
  title: "Choices whose first value is never taken",
  severity: "low",
  documentation: {
    what: "Checks expressions for `condition && value || other` with a value that counts as false: `''`, `0`, `false`, `null`. Not reported: expressions that are the same in every run. Severity: low.",
    why: "Such a value hands on to the other one: the switch that the condition was meant for has no effect, and what it should turn off stays on.",
    fix: "Use `case(condition, '', 'other')`, or turn the condition round so that the value that counts as false comes last.",
    references: ["https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators"],
  },
  needs: "partial",
  *detect(file) {
    for (const { expression, field, job } of expressionsOf(file)) {
      const { tree, source, place } = expression;
      if (tree === undefined || !hasLostValue(tree)) continue;
      yield {
        subject: `${job === undefined ? "" : `job ${job.id}: `}${field}`,
        title: `The first value of ${source} counts as false, so the other one is always taken`,
        confidence: "high",
        place,
        fix: "use case(condition, value, other)",
        evidence: { expression: source },
      };
    }
  },
});

/** @param hasMore - stands before an `||`, so that something else is taken where it counts as false */
function hasLostValue(expression: Expression, hasMore = false): boolean {
  if (constantOf(expression) !== undefined) return false;
  if (expression.kind === "binary") {
    const { operator, left, right } = expression;
    if (operator === "||") return hasLostValue(left, true) || hasLostValue(right, hasMore);
    if (operator === "&&" && hasMore) {
      const constant = constantOf(right);
      if (constant !== undefined && !isTrue(constant.value)) return true;
    }
  }
  return childrenOf(expression).some((part) => hasLostValue(part));
}

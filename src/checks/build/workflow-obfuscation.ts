import { childrenOf, constantOf, type Expression } from "../../engines/pipelines/model.ts";
import { expressionsOf, isCall } from "./pipelines/expressions.ts";
import { stepsOf, whereOf } from "./pipelines/steps.ts";
import { usesOf } from "./pipelines/uses.ts";
import { normalPath, pathFault } from "./pipelines/uses-path.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** What is written so that readers and checks do not see what it is. */
export const workflowObfuscation = workflowCheck({
  name: "workflow-obfuscation",
  title: "Obscured workflow expressions and references",
  severity: "low",
  documentation: {
    what: "Checks expressions that come to the same in every run (`format('{0}', 'a')`, `fromJSON(toJSON(x))`), names that are computed (`github[format('{0}', inputs.a)]`), inputs that are computed as a whole (`with: ${{ … }}`), and `uses` with empty, `.` or `..` parts. Not reported: plain literals. Severity: low, negligible for computed names.",
    why: "Reviewers and other checks see neither the secret nor the action that is meant: that is how malicious changes to workflows are hidden.",
    fix: "Write the value, the name or the path itself.",
    references: ["https://docs.github.com/en/actions/reference/workflows-and-actions/expressions"],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses, place, job } of usesOf(file)) {
      const fault = pathFault(uses.text.value);
      if (fault === undefined) continue;
      yield {
        subject: `${whereOf(job?.kind === "steps" ? { job } : {})}: uses ${normalPath(uses.text.value)}`,
        title: `uses: ${uses.text.value} has ${fault} in its path`,
        confidence: "high",
        place: uses.text.place,
        related: [place],
        fix: `write uses: ${normalPath(uses.text.value)}`,
      };
    }
    for (const placed of stepsOf(file)) {
      const computed = placed.step.kind === "uses" ? placed.step.withComputed : undefined;
      if (computed === undefined) continue;
      yield {
        subject: `${whereOf(placed)}: with`,
        title: `Inputs in ${whereOf(placed)} are computed as a whole, so that no check sees them`,
        severity: "negligible",
        place: computed.place,
        related: [placed.step.place],
        fix: "write the inputs one by one",
      };
    }
    for (const { expression, field, job } of expressionsOf(file)) {
      const { tree, source, place } = expression;
      if (tree === undefined) continue;
      const where = `${job === undefined ? "" : `job ${job.id}: `}${field}`;
      // `if: true` is written to be seen, and so is a literal that stands by itself.
      const isSwitch = field === "if" && tree.kind === "literal";
      if (!isSwitch && isFoldable(tree)) {
        yield {
          subject: `${where}: constant`,
          title: `\${{ ${source} }} comes to the same in every run`,
          confidence: "high",
          place,
          fix: "write what it comes to",
          evidence: { expression: source },
        };
      } else if (hasComputedIndex(tree)) {
        yield {
          subject: `${where}: computed name`,
          title: `\${{ ${source} }} computes which value it reads`,
          severity: "negligible",
          place,
          fix: "write the name: github.event.NAME",
          evidence: { expression: source },
        };
      }
    }
  },
});

/** Some part of it is fixed and does not look so. A literal hides nothing within something else; alone it is written for nothing. */
function isFoldable(expression: Expression): boolean {
  return expression.kind === "literal" || isHiding(expression) || childrenOf(expression).some(isHidden);
}

function isHidden(expression: Expression): boolean {
  return isHiding(expression) || childrenOf(expression).some(isHidden);
}

function isHiding(expression: Expression): boolean {
  if (expression.kind === "literal") return false;
  if (isCall(expression, "fromjson") && expression.arguments.some((one) => isCall(one, "tojson"))) return true;
  if (isCall(expression, "always")) return false;
  return constantOf(expression) !== undefined;
}

/** A list's element by its number is no name; what is a text is one. */
function hasComputedIndex(expression: Expression): boolean {
  if (expression.kind === "context") {
    const isComputed = expression.path.some((one) => one.kind === "index" && one.index.kind !== "literal");
    if (isComputed) return true;
  }
  return childrenOf(expression).some(hasComputedIndex);
}

import { codeTextsOf } from "./pipelines/code-texts.ts";
import { exposureOf } from "./pipelines/exposure.ts";
import { originsOf } from "./pipelines/origins.ts";
import { whereOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Expressions in scripts that nobody is known to be able to abuse: they are text in code all the same. */
export const workflowExpressionInScript = workflowCheck({
  name: "workflow-expression-in-script",
  title: "Expressions in workflow scripts",
  severity: "negligible",
  documentation: {
    what: "Checks `run` scripts and inputs of actions that are run as code for `${{ }}` expressions whose values GitHub or the file fixes: numbers, commit ids, values of a matrix. Values that somebody else sets are build/workflow-template-injection. Severity: negligible.",
    why: "What is fixed today is computed tomorrow, and a secret that is expanded into a script stands in the script's file and in error messages.",
    fix: 'Set a variable by `env` and use `"$NAME"` in the script; runners have many already, such as `$GITHUB_SHA` and `$RUNNER_OS`.',
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { text, step, job } of codeTextsOf(file)) {
      const within = { file, step, ...(job === undefined ? {} : { job }) };
      for (const { tree, place, source } of text.expressions) {
        const isFixed =
          tree === undefined || originsOf(tree, within).every((one) => exposureOf(one, file, job) === undefined);
        if (!isFixed) continue;
        yield {
          // One finding a job: it is a habit, not a place.
          subject: whereOf(within),
          title: `Scripts of ${whereOf(within)} have expressions in them, such as ${source}`,
          place,
          fix: 'set env: NAME: ${{ … }} on the step and use "$NAME" in the script',
          evidence: { expression: source },
        };
      }
    }
  },
});

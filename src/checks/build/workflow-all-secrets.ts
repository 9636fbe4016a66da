import { type Expression, walkExpression } from "../../engines/pipelines/model.ts";
import { expressionsOf, isCall, isContext } from "./pipelines/expressions.ts";
import { whereOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Expressions that take every secret of the repository at once, or one that is not known before the run. */
export const workflowAllSecrets = workflowCheck({
  name: "workflow-all-secrets",
  title: "All secrets handed to a job",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks expressions for the whole `secrets` context, as in `toJSON(secrets)`, and for `secrets[name]` with a computed name.",
    why: "The runner gets every secret of the repository and the organization, whichever the job needs: one compromised step reads them all.",
    fix: "Name the secrets that the step needs: `secrets.DEPLOY_TOKEN`.",
    references: [
      "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { expression, field, job, step } of expressionsOf(file)) {
      if (expression.tree === undefined || !takesAll(expression.tree)) continue;
      const owner = job?.kind === "steps" || step !== undefined ? whereOf(job?.kind === "steps" ? { job } : {}) : "";
      yield {
        subject: `${owner === "" ? (job === undefined ? "workflow" : `job ${job.id}`) : owner}: ${field}`,
        title: `${field} takes ${isWhole(expression.tree) ? "all secrets" : "a secret whose name is computed, so the job has all of them"}`,
        place: expression.place,
        confidence: "high",
        fix: "name each secret that is needed: secrets.NAME",
        evidence: { expression: expression.source },
      };
    }
  },
});

function takesAll(expression: Expression): boolean {
  return isWhole(expression) || [...walkExpression(expression)].some(isComputed);
}

/** A call is handed the whole context; by itself it comes to nothing, and `contains` tells nothing but yes or no. */
function isWhole(expression: Expression): boolean {
  return [...walkExpression(expression)].some(
    (part) =>
      part.kind === "call" &&
      !isCall(part, "contains") &&
      part.arguments.some((one) => isContext(one, "secrets") && one.path.every(({ kind }) => kind === "star")),
  );
}

function isComputed(expression: Expression): boolean {
  if (!isContext(expression, "secrets")) return false;
  const [first] = expression.path;
  return first?.kind === "index" && first.index.kind !== "literal";
}

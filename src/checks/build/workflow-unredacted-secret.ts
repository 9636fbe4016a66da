import { type Expression, walkExpression } from "../../engines/pipelines/model.ts";
import { expressionsOf, isCall, isContext } from "./pipelines/expressions.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Parts of a secret: the runner masks the whole value in logs, and knows none of its parts. */
export const workflowUnredactedSecret = workflowCheck({
  name: "workflow-unredacted-secret",
  title: "Parts of secrets that logs do not mask",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks expressions for `fromJSON(secrets.NAME)`.",
    why: "The runner masks a secret's whole value. A field of it, decoded from JSON, is another text: it stands in the logs as it is.",
    fix: "Store each field as a secret of its own.",
    references: [
      "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { expression, field, job } of expressionsOf(file)) {
      const name = expression.tree === undefined ? undefined : decodedSecret(expression.tree);
      if (name === undefined) continue;
      yield {
        subject: `${job === undefined ? file.kind : `job ${job.id}`}: ${field}`,
        title: `${field} takes ${name} apart, and logs do not mask its parts`,
        place: expression.place,
        confidence: "high",
        fix: "store each field of it as a secret of its own",
        evidence: { expression: expression.source },
      };
    }
  },
});

function decodedSecret(expression: Expression): string | undefined {
  for (const part of walkExpression(expression)) {
    if (!isCall(part, "fromjson")) continue;
    if (part.arguments.some((one) => isContext(one, "secrets") && one.path.length > 0)) return "a secret";
    // `fromJSON(toJSON(secrets))` takes all of them apart.
    if (part.arguments.some((one) => [...walkExpression(one)].some((inner) => isContext(inner, "secrets"))))
      return "secrets";
  }
  return undefined;
}

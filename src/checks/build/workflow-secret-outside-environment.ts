import { walkExpression } from "../../engines/pipelines/model.ts";
import { expressionsOf, type FieldExpression, isContext, namesOf } from "./pipelines/expressions.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Jobs that use secrets without an environment, whose rules would say who may have them. */
export const workflowSecretOutsideEnvironment = workflowCheck({
  name: "workflow-secret-outside-environment",
  title: "Secrets used outside an environment",
  severity: "low",
  category: "secret",
  documentation: {
    what: "Checks jobs without `environment` for expressions that read `secrets`. Not reported: `secrets.GITHUB_TOKEN`, and workflows that others call, where an environment's secrets are not available.",
    why: "Secrets of the repository are there for every workflow on every branch: whoever can push a branch can read them. Those of an environment need its branch rules and reviewers.",
    fix: "Move the secret to an environment with protection rules, and set `environment` for the job.",
    references: [
      "https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments",
    ],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow" || file.on.some(({ event }) => event === "workflow_call")) return;
    const all = Map.groupBy(expressionsOf(file), ({ job }) => job);
    for (const job of file.jobs) {
      if (job.kind !== "steps" || job.environment !== undefined) continue;
      const uses = (all.get(job) ?? []).flatMap((one) => secretsOf(one));
      const [first, ...more] = uses;
      if (first === undefined) continue;
      const names = [...new Set(uses.map(({ name }) => name))];
      yield {
        subject: `job ${job.id}`,
        title: `Job ${job.id} uses ${names.length === 1 ? `secret ${names[0]}` : `${names.length} secrets`} without an environment`,
        place: first.place,
        related: more.map(({ place }) => place),
        confidence: "high",
        fix: `set jobs.${job.id}.environment, and move the secrets to that environment`,
        evidence: { secrets: names.slice(0, SHOWN).join(", ") },
      };
    }
  },
});

/** Secrets that are named in the evidence. */
const SHOWN = 20;

function secretsOf({ expression: { tree, place } }: FieldExpression) {
  if (tree === undefined) return [];
  return [...walkExpression(tree)].flatMap((part) => {
    if (!isContext(part, "secrets") || part.path.length === 0) return [];
    const [name = "(computed)"] = namesOf(part);
    return name === "github_token" ? [] : [{ name: name.toUpperCase(), place }];
  });
}

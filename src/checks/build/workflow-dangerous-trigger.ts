import { type Trigger, type Workflow, walkExpression } from "../../engines/pipelines/model.ts";
import { expressionsOf, isContext, namesOf } from "./pipelines/expressions.ts";
import { isOneOf, stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Triggers that whoever opens a pull request can fire, and that run with the repository's secrets and token. */
export const workflowDangerousTrigger = workflowCheck({
  name: "workflow-dangerous-trigger",
  title: "Privileged triggers that outsiders can fire",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks the triggers `pull_request_target` and `workflow_run`, which run in the context of the repository although a fork's pull request can fire them. Severity: high where a job of the workflow checks out the code of the pull request, else medium. Not reported: `pull_request_target` of a workflow whose only step is `actions/labeler`.",
    why: "The workflow has the repository's secrets and a token that may write. Code of the pull request that runs in it, by a build script, a dependency or a test, has them too.",
    fix: "Use `pull_request`; do what needs secrets in a workflow that never checks out or runs the pull request's code, and give it no more permissions than it needs.",
    references: [
      "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
      "https://docs.github.com/en/actions/reference/security/secure-use",
    ],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    const dangerous = file.on.filter((trigger) => DANGEROUS.has(trigger.event) && !isLabelerOnly(file, trigger));
    const checkouts = dangerous.length === 0 ? [] : untrustedCheckouts(file).slice(0, SHOWN);
    for (const trigger of dangerous) {
      yield {
        subject: trigger.event,
        title:
          checkouts.length > 0
            ? `${trigger.event} runs with the repository's secrets and checks out the pull request's code`
            : `${trigger.event} runs with the repository's secrets, and outsiders can fire it`,
        place: trigger.place,
        related: [file.onPlace, ...checkouts],
        severity: checkouts.length > 0 ? "high" : "medium",
        confidence: "medium",
        fix:
          trigger.event === "workflow_run"
            ? "use workflow_call from the workflow that it waits for, or never run what that one produced"
            : "use pull_request, or never check out the pull request's code in this workflow",
        evidence: { trigger: trigger.event },
      };
    }
  },
});

/** Checkouts that are named beside the trigger. */
const SHOWN = 20;

const DANGEROUS: ReadonlySet<string> = new Set(["pull_request_target", "workflow_run"]);

/** The use that GitHub itself documents for `pull_request_target`: it reads the list of changed files by the API. */
function isLabelerOnly({ jobs }: Workflow, { event }: Trigger): boolean {
  const [job, ...more] = jobs;
  if (event !== "pull_request_target" || job?.kind !== "steps" || more.length > 0) return false;
  const [step, ...others] = job.steps;
  return step?.kind === "uses" && others.length === 0 && isOneOf(step.uses, "actions/labeler");
}

/** Checkouts whose ref or repository is the pull request's head. */
function untrustedCheckouts(file: Workflow) {
  const checkouts = stepsJobs(file).flatMap(({ steps }) =>
    steps.filter((step) => step.kind === "uses" && isOneOf(step.uses, "actions/checkout")),
  );
  const untrusted = new Set(
    expressionsOf(file)
      .filter(({ field, expression: { tree } }) => {
        if (tree === undefined || !/^with\.(?:ref|repository)$/i.test(field)) return false;
        return [...walkExpression(tree)].some((part) => isContext(part, "github") && isOfHead(namesOf(part)));
      })
      .map(({ step }) => step),
  );
  return checkouts.filter((step) => untrusted.has(step)).map(({ place }) => place);
}

/** `event.pull_request.head.sha`, `event.workflow_run.head_branch`, `head_ref`, `event.pull_request.merge_commit_sha`. */
function isOfHead(names: readonly (string | undefined)[]): boolean {
  const path = names.map((name) => name ?? "*").join(".");
  return (
    path === "head_ref" ||
    /^event\.(?:pull_request\.(?:head|merge_commit_sha|number)|number$|workflow_run\.(?:head_|pull_requests))/.test(
      path,
    )
  );
}

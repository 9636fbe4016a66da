import type { UsesStep } from "../../engines/pipelines/model.ts";
import { actionName, stepsOf, whereOf } from "./pipelines/steps.ts";
import { inputOf, isOneOf } from "./pipelines/uses.ts";
import { type WorkflowDetection, workflowCheck } from "./pipelines/workflow-check.ts";

/** The beginnings of permissions that are about an organization, so that no repository narrows them. */
const ORGANIZATION =
  /^permission-(?:organization-|members$|enterprise-|custom-properties-for-organizations$|team-discussions$)/;

/** Tokens of an App that may do more, in more places or longer than the job needs (actions/create-github-app-token). */
export const workflowGithubApp = workflowCheck({
  name: "workflow-github-app",
  title: "Broad GitHub App tokens",
  severity: "high",
  controls: [],
  withoutControl: "control 10 counts permissions in clusters, not those of forges",
  documentation: {
    what: "Checks actions/create-github-app-token: a token without any `permission-…` input, with `owner` but no `repositories`, or with `skip-token-revoke`. Not reported: tokens for the organization alone. Severity: high; medium where an expression decides about revoking.",
    why: "Without them the token may do all that the App was ever granted, in every repository where it is installed, and a job that is broken into has it for an hour after the job.",
    fix: "State what is needed: `permission-contents: read`, `repositories: web,api`, and leave `skip-token-revoke` out.",
    references: ["https://github.com/actions/create-github-app-token#inputs"],
  },
  needs: "partial",
  *detect(file) {
    for (const placed of stepsOf(file)) {
      const { step } = placed;
      // An older action of the same kind takes its inputs by other names.
      if (step.kind !== "uses" || !isOneOf(step.uses, "actions/create-github-app-token")) continue;
      if (step.withComputed !== undefined) continue;
      yield* broadScopes(step, whereOf(placed));
    }
  },
});

function* broadScopes(step: UsesStep, where: string): Generator<WorkflowDetection> {
  const related = [step.uses.text.place];
  const name = actionName(step.uses);
  const kept = inputOf(step.with, "skip-token-revoke");
  const isComputed = kept !== undefined && kept.expressions.length > 0;
  if (kept !== undefined && (isComputed || isTrue(kept.value))) {
    yield {
      subject: `${where}: skip-token-revoke`,
      title: `The App token of ${where} ${isComputed ? "may not be" : "is not"} revoked when the job ends`,
      ...(isComputed ? ({ severity: "medium", confidence: "low" } as const) : ({ confidence: "high" } as const)),
      place: kept.place,
      related,
      fix: "remove skip-token-revoke",
    };
  }
  const permissions = step.with
    .map(({ key }) => key.value.toLowerCase())
    .filter((key) => key.startsWith("permission-"));
  const isOrganizations = permissions.length > 0 && permissions.every((key) => ORGANIZATION.test(key));
  const owner = inputOf(step.with, "owner");
  if (owner !== undefined && inputOf(step.with, "repositories") === undefined && !isOrganizations) {
    yield {
      subject: `${where}: repositories`,
      title: `The App token of ${where} is for every repository of ${owner.value} where the App is installed`,
      confidence: "high",
      place: owner.place,
      related,
      fix: "set repositories to those that the job works on",
    };
  }
  if (permissions.length === 0) {
    yield {
      subject: `${where}: permissions`,
      title: `The App token of ${where} has all permissions of the App`,
      confidence: "high",
      place: step.uses.text.place,
      fix: `set the permissions that the job needs on ${name}: permission-contents: read`,
    };
  }
}

/** What the toolkit's getBooleanInput takes for true. */
const isTrue = (value: string): boolean => ["true"].includes(value.trim().toLowerCase());

import { allowedBy } from "./dockerfile/registries.ts";
import { actionName } from "./pipelines/steps.ts";
import { loweredName, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

interface Parameters {
  readonly actions: { readonly allow: readonly string[]; readonly deny: readonly string[] };
}

/** Actions that the policy does not allow. */
export const workflowForbiddenAction = workflowCheck<Parameters>({
  name: "workflow-forbidden-action",
  title: "Actions that the policy does not allow",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks every `uses` that names another repository against `pipelines.actions.allow` and `pipelines.actions.deny` of the policy. An entry means what is below it, too: `github/codeql-action` means `github/codeql-action/init`. Not evaluated where both lists are empty; not reported: local actions and images.",
    why: "An action runs with the job's token and secrets: which ones may is a decision, and not whatever a pull request adds.",
    fix: "Use an action that the policy allows, or add it to `pipelines.actions.allow`.",
    references: [
      "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository",
    ],
  },
  needs: "partial",
  parameters: { actions: ({ pipelines }) => pipelines.actions },
  applies: (_, { actions: { allow, deny } }) => allow.length > 0 || deny.length > 0,
  *detect(file, { actions: { allow, deny } }) {
    const [isAllowed, isDenied] = [allow, deny].map((list) => allowedBy(list.map((entry) => entry.toLowerCase())));
    for (const { uses } of usesOf(file)) {
      const lowered = loweredName(uses);
      if (lowered === undefined) continue;
      const denied = isDenied?.(lowered) === true;
      if (!denied && (allow.length === 0 || isAllowed?.(lowered) === true)) continue;
      const name = actionName(uses);
      yield {
        subject: name,
        title: denied ? `${name} is denied by the policy` : `${name} is not among the allowed actions`,
        place: uses.text.place,
        confidence: "high",
        fix: "use an action that the policy allows, or add it to pipelines.actions.allow",
        evidence: { uses: uses.text.value },
      };
    }
  },
});

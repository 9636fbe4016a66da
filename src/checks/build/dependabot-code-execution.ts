import { dependabotCheck, updateName } from "./pipelines/dependabot-check.ts";

/** Updates for which Dependabot may run code of the dependencies. */
export const dependabotCodeExecution = dependabotCheck({
  name: "dependabot-code-execution",
  title: "Dependabot allowed to run code of dependencies",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks `insecure-external-code-execution: allow` of each entry under `updates` in dependabot.yml.",
    why: "A malicious release runs while Dependabot resolves it, before anyone reviews the update, and can read the credentials of the private registries that it is given.",
    fix: "Remove `insecure-external-code-execution`, or set it to `deny`.",
    references: [
      "https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference#insecure-external-code-execution--",
    ],
  },
  needs: "partial",
  *detect({ updates }) {
    for (const update of updates) {
      const { insecureExternalCodeExecution: allowed } = update;
      if (allowed?.value !== "allow") continue;
      yield {
        subject: updateName(update),
        title: `Dependabot may run code of ${updateName(update)} dependencies`,
        place: allowed.place,
        confidence: "high",
        fix: "remove insecure-external-code-execution",
        evidence: { "insecure-external-code-execution": allowed.value },
      };
    }
  },
});

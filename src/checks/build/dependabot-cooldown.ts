import type { DependabotUpdate, Field } from "../../engines/pipelines/model.ts";
import { dependabotCheck, updateName } from "./pipelines/dependabot-check.ts";

/** Updates that Dependabot proposes as soon as a release is there. */
export const dependabotCooldown = dependabotCheck<{ readonly cooldownDays: number }>({
  name: "dependabot-cooldown",
  title: "Dependabot updates without a cooldown",
  severity: "medium",
  documentation: {
    what: "Checks `cooldown.default-days` of each entry under `updates` in dependabot.yml against `dependencies.cooldownDays` of the policy. Without it Dependabot waits three days. Security updates have no cooldown, and entries of a multi-ecosystem group are checked too.",
    why: "Most malicious releases are found and removed within days: whoever takes a release at once takes it before.",
    fix: "Set `cooldown: { default-days: 7 }`.",
    references: [
      "https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference#cooldown-",
    ],
  },
  needs: "complete",
  parameters: { cooldownDays: ({ dependencies }) => dependencies.cooldownDays },
  *detect({ updates }, { cooldownDays }) {
    for (const update of updates) {
      const stated = daysOf(update);
      const days = stated === undefined ? IMPLICIT : Number(stated.value);
      if (stated !== undefined && !Number.isFinite(days)) continue;
      if (days >= cooldownDays) continue;
      yield {
        subject: updateName(update),
        title: `${updateName(update)} updates wait ${days} days after a release`,
        place: stated?.place ?? update.cooldown?.place ?? update.place,
        confidence: "high",
        fix: `set cooldown.default-days: ${cooldownDays}`,
        evidence: { "cooldown.default-days": stated?.value ?? `not set (${IMPLICIT})` },
      };
    }
  },
});

/** Days that Dependabot waits where none are stated. */
const IMPLICIT = 3;

function daysOf({ cooldown }: DependabotUpdate): Field["value"] {
  return cooldown?.fields.findLast(({ key }) => key.value === "default-days")?.value;
}

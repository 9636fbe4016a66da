/** Dependabot's options: every ecosystem with the policy's cooldown. */
import { mark } from "../mark.ts";
import type { DeliveryPlan } from "../model.ts";
import { list } from "../scripts.ts";

export function dependabot(plan: DeliveryPlan): string {
  const { updates, cooldownDays } = plan;
  const all = [...updates, { ecosystem: "github-actions", directories: ["/"] }];
  const cooldown = cooldownDays === 0 ? "" : `    cooldown:\n      default-days: ${cooldownDays}\n`;
  const entries = all.map(
    ({ ecosystem, directories }) => `  - package-ecosystem: ${ecosystem}
    directories: ${list(directories)}
    schedule:
      interval: weekly
${cooldown}`,
  );
  return `# ${mark(plan)}
# Releases wait ${cooldownDays} days, by dependencies.cooldownDays of the policy; security updates do not.
version: 2
updates:
${entries.join("")}`;
}

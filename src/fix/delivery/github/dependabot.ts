/** Dependabot's options: every ecosystem with the policy's cooldown. */
import type { DeliveryPlan } from "../model.ts";
import { list } from "../scripts.ts";

export function dependabot({ updates, cooldownDays, version }: DeliveryPlan): string {
  const all = [...updates, { ecosystem: "github-actions", directories: ["/"] }];
  const cooldown = cooldownDays === 0 ? "" : `    cooldown:\n      default-days: ${cooldownDays}\n`;
  const entries = all.map(
    ({ ecosystem, directories }) => `  - package-ecosystem: ${ecosystem}
    directories: ${list(directories)}
    schedule:
      interval: weekly
${cooldown}`,
  );
  return `# Written by bulkhead ${version} (bulkhead init --pipeline github). Releases wait ${cooldownDays} days, by dependencies.cooldownDays of the policy;
# security updates do not.
version: 2
updates:
${entries.join("")}`;
}

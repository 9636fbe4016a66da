/** Renovate's options: bases by digest, and releases that wait as the policy says. */
import { mark } from "../mark.ts";
import type { DeliveryPlan } from "../model.ts";

/** @param file - of the pipeline, where GitLab's own name does not tell Renovate that it is one */
export function renovate(plan: DeliveryPlan, file?: string): string {
  const { cooldownDays } = plan;
  const options = {
    $schema: "https://docs.renovatebot.com/renovate-schema.json",
    description: mark(plan),
    extends: ["config:recommended", "docker:pinDigests"],
    schedule: ["* 0-5 * * 1"],
    ...(cooldownDays === 0
      ? {}
      : {
          minimumReleaseAge: `${cooldownDays} days`,
          internalChecksFilter: "strict",
          vulnerabilityAlerts: { minimumReleaseAge: null },
        }),
    ...(file === undefined ? {} : { gitlabci: { managerFilePatterns: [file] } }),
  };
  return `${JSON.stringify(options, null, 2)}\n`;
}

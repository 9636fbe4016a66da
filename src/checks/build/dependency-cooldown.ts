import { counted } from "../../core/counted.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-cooldown";

const DAY = 24 * 60 * 60 * 1000;

/** What of the policy it judges by. */
interface CooldownParameters {
  readonly days: number;
}

/** A version that is younger than the policy's cooldown. */
export const dependencyCooldown: DependencyCheck<"change" | "publication", CooldownParameters> = {
  id,
  title: "Versions younger than the cooldown",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Compares when a version was published, by its registry, with `dependencies.cooldownDays` of the policy, 7 days by default. Where a registry does not tell, as for Go modules and some mirrors, it is unknown; a version that a mirror has had for longer than the cooldown passes. Not reported: packages named by `dependencies.cooldownExempt`, and those from a repository or a file. Severity: medium.",
    why: "Malicious versions are mostly found and taken down within days of their publication. Who waits a week installs few of them.",
    fix: "Stay on the version before, and upgrade once the cooldown is over. For an urgent security fix name the package in `dependencies.cooldownExempt`.",
    references: [
      "https://docs.npmjs.com/cli/v11/using-npm/config#min-release-age",
      "https://pnpm.io/settings#minimumreleaseage",
      "https://docs.astral.sh/uv/reference/settings/#exclude-newer",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", publication: "partial" },
  parameters: { days: ({ dependencies }) => dependencies.cooldownDays },
  applies: ({ publication, days }) => days > 0 && !publication.exempt,
  looked: ({ publication: { after, before } }) => ({ published: after ?? before ?? "unknown" }),
  *evaluate({ change, publication: { after }, days }, now) {
    if (after === undefined) return;
    const age = now.getTime() - Date.parse(after);
    // Also what is dated in the future.
    if (age >= days * DAY) return;
    const old = Math.max(0, Math.floor(age / DAY));
    const over = new Date(Date.parse(after) + days * DAY).toISOString().slice(0, 10);
    yield dependencyFinding(id, change, {
      severity: "medium",
      title: `was published ${old === 0 ? "less than a day" : counted(old, "day")} ago (cooldown: ${counted(days, "day")})`,
      fix:
        change.before === undefined || change.before.version === change.after?.version
          ? `wait until ${over}, or take an older version`
          : `stay on ${change.before.version} until ${over}`,
      evidence: { published: after, "cooldown ends": over },
    });
  },
};

import type { Uses } from "../../engines/pipelines/model.ts";
import { compareVersions, parseVersion, versionRange } from "./pipelines/action-versions.ts";
import { actionName } from "./pipelines/steps.ts";
import { repositoryOf, usesOf } from "./pipelines/uses.ts";
import { type ActionAdvisory, actionAdvisories } from "./pipelines/vulnerable-actions.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Actions in a version that an advisory is about. */
export const workflowVulnerableAction = workflowCheck({
  name: "workflow-vulnerable-action",
  title: "Actions with known vulnerabilities",
  severity: "critical",
  category: "vulnerability",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Compares each `uses` with a list of well-known advisories about actions, which comes with the program. The version is the tag's, or what the comment after a commit says. A tag that moves along (`v4`) is reported only where no version that it may stand for is fixed. Not reported: commits without a version comment, branches, and advisories that the list does not have. Severity: the advisory's.",
    why: "What an advisory describes is public: who can reach the workflow knows how to use it. Some are about tags that were moved to code that steals secrets.",
    fix: "Use the fixed version that the finding names, pinned by commit. Where secrets may have been printed or sent, rotate them.",
    references: ["https://github.com/advisories?query=ecosystem%3Aactions"],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses } of usesOf(file)) {
      for (const advisory of BY_ACTION.get(repositoryOf(uses) ?? "") ?? []) {
        if (!isAffected(uses, advisory)) continue;
        const [id] = advisory.ids;
        const name = actionName(uses);
        yield {
          subject: `${id} ${name}`,
          title: `${name} has ${id}: ${advisory.says}`,
          place: uses.text.place,
          severity: advisory.severity,
          ids: advisory.ids,
          confidence: uses.kind === "repository" && uses.refKind === "commit" ? "medium" : "high",
          fix: `use ${advisory.fixed} or later, pinned by commit`,
          evidence: { uses: uses.text.value, advisory: advisory.ids.join(", "), fixed: advisory.fixed },
        };
      }
    }
  },
});

const BY_ACTION = Map.groupBy(actionAdvisories, ({ action }) => action);

function isAffected(uses: Uses, { introduced, fixed }: ActionAdvisory): boolean {
  const range = versionRange(uses);
  if (range === undefined || compareVersions(range.highest, parseVersion(fixed)) >= 0) return false;
  return introduced === undefined || compareVersions(range.highest, parseVersion(introduced)) >= 0;
}

import type { Uses } from "../../engines/pipelines/model.ts";
import { actionName } from "./pipelines/steps.ts";
import { repositoryOf, usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

type RepositoryUses = Uses & { kind: "repository" };

/** Actions and reusable workflows that are named by a tag or a branch: whoever can move it runs code in the pipeline. */
export const workflowUnpinnedAction = workflowCheck({
  name: "workflow-unpinned-action",
  title: "Actions and reusable workflows not pinned by commit",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks every `uses` that names another repository, in workflows and in composite actions. Reported: a tag, a branch, or no ref at all. Not reported: a full commit hash (40 or 64 hexadecimal digits), `./` and `$/` paths. Severity: high for a branch or no ref of another owner; medium for a tag of another owner; low for actions of GitHub itself (`actions/*`, `github/*`).",
    why: "Tags and branches can be moved: an attacker who takes over an action's repository points its tags at code that reads the secrets of every pipeline that uses it, as with tj-actions/changed-files in 2025.",
    fix: "Name the commit and keep the version as a comment: `uses: owner/action@<commit> # v1.2.3`. Dependabot and Renovate update both.",
    references: [
      "https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions",
      "https://github.com/advisories/GHSA-mrrh-fwg8-r2c3",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses } of usesOf(file)) {
      if (uses.kind !== "repository" || uses.refKind === "commit") continue;
      const name = actionName(uses);
      yield {
        subject: name,
        title: uses.ref === undefined ? `${name} has no ref` : `${name} is pinned by ${refWords(uses)}`,
        place: uses.text.place,
        severity: isOfGithub(uses) ? "low" : isVersion(uses.ref) ? "medium" : "high",
        confidence: "high",
        fix: `pin the commit: uses: ${name}@<commit>${uses.ref === undefined ? "" : ` # ${uses.ref}`}`,
        evidence: { uses: uses.text.value },
      };
    }
  },
});

function refWords({ ref = "" }: RepositoryUses): string {
  return isVersion(ref) ? `tag ${ref}` : `${ref}, a branch or a tag that moves`;
}

/** A version, as tags are named by convention: `v4`, `1.2.3`, `release/v1`. Whether it is a branch the file does not say. */
function isVersion(ref: string | undefined): boolean {
  return ref !== undefined && /(?:^|[/@-])v?[0-9]+(?:\.[0-9]+)*(?:[-+.][\w.-]+)?$/i.test(ref);
}

function isOfGithub(uses: RepositoryUses): boolean {
  return /^(?:actions|github)\//.test(repositoryOf(uses) ?? "");
}

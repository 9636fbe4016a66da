import { usesOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Local actions that are taken from the workspace as it is at that moment, and not from the commit that runs. */
export const workflowLocalPath = workflowCheck({
  name: "workflow-local-path",
  title: "Local actions taken from the workspace",
  severity: "low",
  documentation: {
    what: "Checks `uses: ./…` of steps and jobs. Not reported: `uses: $/…`, which GitHub resolves in the commit that the workflow is of (since July 2026).",
    why: "An earlier step can write another action at the path: what runs is whatever lies in the workspace then, and a policy that asks for pinned actions does not see it.",
    fix: "Write `$/` for `./`: `uses: $/actions/build`.",
    references: [
      "https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { uses } of usesOf(file)) {
      const written = uses.text.value;
      if (uses.kind !== "local" || !written.startsWith("./")) continue;
      yield {
        subject: written,
        title: `${written} is taken from the workspace`,
        place: uses.text.place,
        confidence: "high",
        fix: `write $${written.slice(1)}`,
        evidence: { uses: written },
      };
    }
  },
});

import type { Permissions, Place } from "../../engines/pipelines/model.ts";
import { jobsOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Permissions whose reason no comment gives. */
export const workflowUndocumentedPermissions = workflowCheck({
  name: "workflow-undocumented-permissions",
  title: "Token permissions without a comment",
  severity: "low",
  documentation: {
    what: "Checks each scope under `permissions` for a comment on its line. Not reported: `contents: read`, `none`, `read-all` and `write-all` (build/workflow-excessive-permissions reports those).",
    why: "Without the reason nobody dares to remove a permission that is no longer needed.",
    fix: "Write why after each scope: `packages: write # pushes the image`.",
    references: ["https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions"],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    const stated: [where: string, permissions: Permissions | undefined][] = [
      ["workflow", file.permissions],
      ...jobsOf(file).map((job): [string, Permissions | undefined] => [`job ${job.id}`, job.permissions]),
    ];
    const scopes = stated.flatMap(([where, permissions]) => undocumented(where, permissions));
    const [first, ...more] = scopes;
    if (first === undefined) return;
    yield {
      subject: "permissions",
      title: `${scopes.length === 1 ? "A permission has" : `${scopes.length} permissions have`} no comment that gives the reason`,
      place: first.place,
      related: more.map(({ place }) => place),
      confidence: "high",
      fix: "write the reason after each scope: packages: write # pushes the image",
      evidence: {
        scopes: scopes
          .slice(0, SHOWN)
          .map(({ name }) => name)
          .join(", "),
      },
    };
  },
});

/** Scopes that are named in the evidence. */
const SHOWN = 20;

function undocumented(where: string, permissions: Permissions | undefined): { name: string; place: Place }[] {
  if (permissions?.kind !== "each") return [];
  return permissions.grants.flatMap(({ scope, level }) => {
    if (level.value === "none" || (scope.value === "contents" && level.value === "read")) return [];
    const comment = level.comment ?? scope.comment ?? "";
    // What silences another program is no reason, but what stands behind it is.
    const reason = comment.replace(/^zizmor:\s*ignore\[[^\]]*\]/i, "").trim();
    return reason === "" ? [{ name: `${where}: ${scope.value}`, place: scope.place }] : [];
  });
}

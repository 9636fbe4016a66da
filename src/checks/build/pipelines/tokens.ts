/** What a job's token may do ("Controlling permissions for GITHUB_TOKEN"). */
import type { GithubFile, Job, Permissions } from "../../../engines/pipelines/model.ts";

/** The job's own statement replaces the workflow's whole. Absent: the repository's default decides. */
export function permissionsOf(file: GithubFile, job: Job | undefined): Permissions | undefined {
  return job?.permissions ?? (file.kind === "workflow" ? file.permissions : undefined);
}

/** Whether some scope may be written; undefined where none is stated, so that the repository's default decides. */
export function mayWrite(permissions: Permissions | undefined): boolean | undefined {
  if (permissions === undefined) return undefined;
  if (permissions.kind === "all") return permissions.level === "write-all";
  return permissions.grants.some(({ level }) => level.value === "write");
}

import type { RatedSeverity } from "../../core/severity.ts";
import type { Job, Permissions, Place, Workflow } from "../../engines/pipelines/model.ts";
import { type WorkflowDetection, workflowCheck } from "./pipelines/workflow-check.ts";

/** Permissions of the job's token (GITHUB_TOKEN) that are wider than a job needs, or that nobody stated. */
export const workflowExcessivePermissions = workflowCheck({
  name: "workflow-excessive-permissions",
  title: "Token permissions wider than needed",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks `permissions` of workflows and of their jobs. Severity: high for `write-all`; medium for `read-all`, for jobs that state none under a workflow that states none (the repository's default, which may write everything), and for a scope that a whole workflow of several jobs may write; low where only one job can have it, where every job states its own, or where the workflow can only be called by others. Not reported: scopes that one job states for itself, since whether it needs them is not in the file.",
    why: "A compromised action or dependency uses the token of its job: with write permissions it pushes code, publishes packages and releases, or approves pull requests.",
    fix: "Set `permissions: {}` for the workflow, and for each job the scopes that it needs.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions",
      "https://docs.github.com/en/actions/reference/security/secure-use",
    ],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    const calledOnly = file.on.length > 0 && file.on.every(({ event }) => event === "workflow_call");
    yield* ofWorkflow(file, calledOnly);
    for (const job of file.jobs) yield* ofJob(job, calledOnly);
  },
});

function* ofWorkflow(file: Workflow, calledOnly: boolean): Generator<WorkflowDetection> {
  const { permissions, jobs } = file;
  const allState = jobs.every((job) => job.permissions !== undefined);
  const narrow = jobs.length === 1 || allState || calledOnly;
  if (permissions === undefined) {
    const silent = jobs.filter((job) => job.permissions === undefined);
    if (silent.length === 0) return;
    // Whoever calls the workflow states what the jobs may do; a job that is another workflow hands on what it has.
    const severity = calledOnly && silent.every(({ kind }) => kind === "steps") ? "low" : "medium";
    yield {
      subject: "default permissions",
      title: `No permissions are set: ${silent.length === 1 ? "a job has" : `${silent.length} jobs have`} the repository's default`,
      place: startOf(file),
      related: silent.map(({ place }) => place),
      severity,
      confidence: "medium",
      fix: "add permissions: {} to the workflow, and the scopes that it needs to each job",
      evidence: {
        jobs: silent
          .map(({ id }) => id)
          .slice(0, SHOWN)
          .join(", "),
      },
    };
    return;
  }
  if (permissions.kind === "all") {
    yield allScopes("workflow", permissions, narrow);
    return;
  }
  for (const { scope, level } of permissions.grants) {
    if (level.value !== "write") continue;
    yield {
      subject: `workflow: ${scope.value}: write`,
      title: `Every job of the workflow may write ${scope.value}`,
      place: scope.place,
      severity: narrow ? "low" : (WRITE[scope.value] ?? "medium"),
      confidence: "high",
      fix: `move ${scope.value}: write to the permissions of the job that needs it`,
      evidence: { permissions: `${scope.value}: write` },
    };
  }
}

function* ofJob(job: Job, calledOnly: boolean): Generator<WorkflowDetection> {
  if (job.permissions?.kind === "all") {
    yield allScopes(`job ${job.id}`, job.permissions, calledOnly && job.kind === "steps");
  }
}

function allScopes(where: string, permissions: Permissions & { kind: "all" }, narrow: boolean): WorkflowDetection {
  const { level, key } = permissions;
  const writes = level === "write-all";
  return {
    subject: `${where}: ${level}`,
    title: `${where === "workflow" ? "Every job of the workflow" : where.replace(/^j/, "J")} may ${writes ? "write" : "read"} everything`,
    place: key,
    severity: writes ? "high" : narrow ? "low" : "medium",
    confidence: "high",
    fix: `replace ${level} by the scopes that are needed: permissions: { contents: read }`,
    evidence: { permissions: level },
  };
}

/** Where the file's content begins: there is no key to point at. */
function startOf({ place, onPlace, name }: Workflow): Place {
  if (place !== undefined) return place;
  return name !== undefined && name.place.start < onPlace.start ? name.place : onPlace;
}

/** Jobs that are named in the evidence. */
const SHOWN = 20;

/** Scopes whose write permission changes little; all others are medium. */
const WRITE: Readonly<Record<string, RatedSeverity>> = { models: "low", statuses: "low" };

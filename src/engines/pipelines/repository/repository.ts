/** From the files of a repository to what runs: local reusable workflows and composite actions in place of what uses them. */
import { bounds } from "../bounds.ts";
import type { Place, Text, UnreadField } from "../field.ts";
import type {
  Action,
  CallJob,
  DeploymentEnvironment,
  GithubFile,
  Job,
  Permissions,
  Step,
  StepsJob,
  Workflow,
} from "../github/model.ts";
import type { RepositoryRuns, RunningJob, RunningStep } from "./model.ts";
import { secretsOf } from "./secrets.ts";

type Calls = RunningJob["calls"];

/** Pure. @param files - all of one repository, paths from its root */
export function repositoryRuns(files: readonly GithubFile[]): RepositoryRuns {
  const workflows = files.filter((file) => file.kind === "workflow");
  const actions = new Map(
    files.flatMap((file) => (file.kind === "action" ? [[folderOf(file.path), file] as const] : [])),
  );
  const byPath = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const follower = new Follower(byPath, actions);
  for (const workflow of workflows) follower.enter(workflow);
  return { workflows, jobs: follower.jobs, unfollowed: follower.unfollowed };
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "" : path.slice(0, at);
}

/** Collects jobs while it goes down; what is beyond a bound is told once. */
class Follower {
  readonly jobs: RunningJob[] = [];
  readonly unfollowed: UnreadField[] = [];
  private readonly told = new Set<string>();
  private steps = 0;
  private followed = 0;
  private readonly workflows: ReadonlyMap<string, Workflow>;
  private readonly actions: ReadonlyMap<string, Action>;

  constructor(workflows: ReadonlyMap<string, Workflow>, actions: ReadonlyMap<string, Action>) {
    this.workflows = workflows;
    this.actions = actions;
  }

  /** A workflow that is only ever called starts nothing by itself. */
  enter(workflow: Workflow): void {
    if (workflow.on.some(({ event }) => event !== "workflow_call")) this.workflow(workflow, workflow, [], [], []);
  }

  private workflow(
    entry: Workflow,
    workflow: Workflow,
    calls: Calls,
    conditions: readonly Text[],
    environments: readonly DeploymentEnvironment[],
  ): void {
    const byId = new Map(workflow.jobs.map((job) => [job.id, job]));
    for (const job of workflow.jobs) {
      const needed = neededBy(job, byId);
      const own = [...conditions, ...conditionsOf(job), ...needed.flatMap(conditionsOf)];
      const around = [...environments, ...[job, ...needed].flatMap(environmentOf)];
      if (job.kind === "steps") this.stepsJob(entry, workflow, job, calls, own, around);
      else this.call(entry, workflow, job, calls, own, around);
    }
  }

  private stepsJob(
    entry: Workflow,
    workflow: Workflow,
    job: StepsJob,
    calls: Calls,
    conditions: readonly Text[],
    environments: readonly DeploymentEnvironment[],
  ): void {
    if (this.jobs.length >= bounds.runningJobs) {
      this.tell(job.place, `more than ${bounds.runningJobs} jobs with what they call`);
      return;
    }
    const steps = job.steps.flatMap((step) => this.step(step, workflow, [], [], []));
    const secrets = secretsOf(workflow, job, steps, calls);
    const permissions = permissionsOf(workflow, job, calls);
    this.jobs.push({ entry, workflow, job, calls, steps, conditions, environments, secrets, permissions });
  }

  private call(
    entry: Workflow,
    workflow: Workflow,
    job: CallJob,
    calls: Calls,
    conditions: readonly Text[],
    environments: readonly DeploymentEnvironment[],
  ): void {
    const { uses } = job;
    // Workflows of other repositories are not here.
    if (uses.kind !== "local") return;
    const called = this.workflows.get(uses.path);
    const { place } = uses.text;
    if (called === undefined) this.tell(place, `the called workflow ${uses.path} was not read`);
    else if (called === workflow || called === entry || calls.some((one) => one.workflow === called)) {
      this.tell(place, `the workflow ${uses.path} is called within itself`);
    } else if (calls.length >= bounds.callDepth || ++this.followed > bounds.runningJobs) {
      this.tell(
        place,
        `calls of more than ${bounds.callDepth} levels, or of more than ${bounds.runningJobs} workflows`,
      );
    } else this.workflow(entry, called, [...calls, { workflow, job }], conditions, environments);
  }

  private step(
    step: Step,
    file: GithubFile,
    conditions: readonly Text[],
    through: readonly Place[],
    within: readonly Action[],
  ): RunningStep[] {
    if (++this.steps > bounds.runningSteps) {
      this.tell(step.place, `more than ${bounds.runningSteps} steps with those of local actions`);
      return [];
    }
    const own = step.if === undefined ? conditions : [...conditions, step.if];
    const itself: RunningStep = { step, file, conditions: own, through };
    if (step.kind !== "uses" || step.uses.kind !== "local") return [itself];
    const { place } = step.uses.text;
    const action = this.actions.get(step.uses.path);
    if (action === undefined) {
      this.tell(place, `the local action ${step.uses.text.value} was not read`);
      return [itself];
    }
    if (within.includes(action) || within.length >= bounds.callDepth) {
      this.tell(place, `the local action ${step.uses.text.value} is used within itself, or too deep`);
      return [itself];
    }
    const steps = action.steps.flatMap((one) => this.step(one, action, own, [...through, place], [...within, action]));
    // The step itself stays: what is at its path may have been replaced by then.
    return [itself, ...steps];
  }

  private tell(place: Place, reason: string): void {
    const key = `${place.path}:${place.start}`;
    if (this.told.has(key) || this.unfollowed.length >= bounds.unreadFields) return;
    this.told.add(key);
    this.unfollowed.push({ place, reason });
  }
}

/** Jobs that must have run before, without those that run whatever becomes of them. */
function neededBy(job: Job, byId: ReadonlyMap<string, Job>): Job[] {
  const needed = new Set<Job>();
  const pending = [job];
  for (let one = pending.pop(); one !== undefined && needed.size < bounds.neededJobs; one = pending.pop()) {
    if (runsAnyway(one)) continue;
    for (const { value } of one.needs) {
      const next = byId.get(value);
      if (next === undefined || next === job || needed.has(next)) continue;
      needed.add(next);
      pending.push(next);
    }
  }
  return [...needed];
}

/** A job whose condition asks for the state of others runs where those were skipped, too. */
function runsAnyway(job: Job): boolean {
  return /\b(?:always|failure|cancelled)\s*\(/i.test(job.if?.value ?? "");
}

function conditionsOf(job: Job): Text[] {
  return job.if === undefined ? [] : [job.if];
}

function environmentOf(job: Job): DeploymentEnvironment[] {
  return job.kind === "steps" && job.environment !== undefined ? [job.environment] : [];
}

function permissionsOf(workflow: Workflow, job: StepsJob, calls: Calls): Permissions[] {
  const stated = [...calls, { workflow, job }].map((one) => one.job.permissions ?? one.workflow.permissions);
  return stated.filter((one) => one !== undefined);
}

/** Runs that an outsider can start with the repository's own token and secrets, and what is known of them beforehand. */
import { once } from "../../../../core/once.ts";
import {
  type Constant,
  isTrue,
  type Known,
  type RunningJob,
  type RunningStep,
  type Text,
  type Trigger,
  truthOf,
  type Workflow,
} from "../../../../engines/pipelines/model.ts";
import { reachOf } from "../../../knowledge/event-contexts.ts";
import { inputOf } from "../uses.ts";

export interface Scenario {
  readonly trigger: Trigger;
  readonly known: Known;
  /** Of `workflow_run`: the local workflow of which a pull request starts a run that this one follows. */
  readonly after?: { readonly workflow: Workflow; readonly trigger: Trigger };
}

/** Activity types that only people with triage or write access bring about. */
const INSIDE_TYPES: ReadonlySet<string> = new Set([
  ...["labeled", "unlabeled", "assigned", "unassigned", "milestoned", "demilestoned", "pinned", "unpinned"],
  ...["locked", "unlocked", "transferred", "review_requested", "enqueued", "dequeued", "auto_merge_enabled"],
]);

/**
 * One an event that anyone outside brings about and that runs in the repository's own context, by workflow.
 *
 * @param workflows - all of the repository
 */
export const outsideScenarios = once((workflows: readonly Workflow[]): ReadonlyMap<Workflow, readonly Scenario[]> => {
  const byName: ByName = new Map();
  // One without a name is called by its path.
  for (const workflow of workflows) {
    const name = workflow.name?.value ?? workflow.path;
    byName.set(name, [...(byName.get(name) ?? []), workflow]);
  }
  return new Map(workflows.map((entry) => [entry, scenariosOfEntry(entry, byName)]));
});

type ByName = Map<string, readonly Workflow[]>;

function scenariosOfEntry(entry: Workflow, byName: ByName): Scenario[] {
  return entry.on.flatMap((trigger): Scenario[] => {
    if (reachOf(trigger.event) !== "outside" || isForInsiders(trigger)) return [];
    if (trigger.event !== "workflow_run") return [{ trigger, known: knownOf(trigger.event) }];
    const before = followedBy(trigger, byName);
    return before === undefined
      ? []
      : [{ trigger, known: knownOf("workflow_run", before.trigger.event), after: before }];
  });
}

/** A pull request's run in a fork's context: all that it does is its author's. */
export function forkTrigger({ on }: Workflow): Trigger | undefined {
  return on.find((trigger) => trigger.event === "pull_request" && !isForInsiders(trigger));
}

function isForInsiders({ types }: Trigger): boolean {
  return types.length > 0 && types.every(({ value }) => INSIDE_TYPES.has(value));
}

/** Of the workflows that it follows the first that outsiders start. */
function followedBy(trigger: Trigger, byName: ByName): Scenario["after"] {
  for (const workflow of trigger.workflows.flatMap(({ value }) => byName.get(value) ?? [])) {
    const started = workflow.on.find((one) => reachOf(one.event) !== "inside" && one.event !== "workflow_run");
    if (started !== undefined) return { workflow, trigger: started };
  }
  return undefined;
}

const OUTSIDER = "outsider";
const OWNER = "owner";
const FORK = `${OUTSIDER}/repository`;
const REPOSITORY = `${OWNER}/repository`;

/** The names of people and repositories stand for any: what matters is which of them are the same. */
const ALWAYS: Readonly<Record<string, Constant["value"]>> = {
  "github.actor": OUTSIDER,
  "github.triggering_actor": OUTSIDER,
  "github.repository": REPOSITORY,
  "github.repository_owner": OWNER,
  "github.event.repository.full_name": REPOSITORY,
  "github.event.repository.owner.login": OWNER,
  "github.event.repository.fork": false,
  "github.event.sender.login": OUTSIDER,
  "github.event.comment.user.login": OUTSIDER,
  "github.event.comment.author_association": "NONE",
  "github.event.issue.author_association": "NONE",
  "github.event.issue.user.login": OUTSIDER,
  "github.event.pull_request.author_association": "NONE",
  "github.event.pull_request.user.login": OUTSIDER,
  "github.event.pull_request.merged": false,
  "github.event.pull_request.head.repo.fork": true,
  "github.event.pull_request.head.repo.full_name": FORK,
  "github.event.pull_request.head.repo.owner.login": OUTSIDER,
  "github.event.pull_request.head.user.login": OUTSIDER,
  "github.event.pull_request.base.repo.full_name": REPOSITORY,
  "github.event.pull_request.base.repo.owner.login": OWNER,
  // Whoever may not write cannot label.
  "github.event.pull_request.labels.*.name": "",
  "github.event.issue.labels.*.name": "",
  "github.event.label.name": "",
  "github.event.workflow_run.head_repository.full_name": FORK,
  "github.event.workflow_run.head_repository.fork": true,
  "github.event.workflow_run.head_repository.owner.login": OUTSIDER,
  "github.event.workflow_run.repository.full_name": REPOSITORY,
  "github.event.workflow_run.actor.login": OUTSIDER,
  "github.event.workflow_run.triggering_actor.login": OUTSIDER,
};

function knownOf(event: string, before?: string): Known {
  const own: Record<string, Constant["value"]> = { ...ALWAYS, "github.event_name": event, "github.ref_type": "branch" };
  if (before !== undefined) own["github.event.workflow_run.event"] = before;
  return lookedUp(own);
}

function lookedUp(values: Readonly<Record<string, Constant["value"]>>): Known {
  return (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? undefined : { value };
  };
}

const DEFAULT_BRANCH = { "github.event.repository.default_branch": "default-branch" };

/** A pull request between branches of the repository itself, which has secrets. */
export function pullRequestScenario(trigger: Trigger): Scenario {
  return {
    trigger,
    known: lookedUp({
      ...DEFAULT_BRANCH,
      "github.event_name": "pull_request",
      "github.ref": "refs/pull/1/merge",
      "github.ref_name": "1/merge",
      "github.ref_type": "branch",
      "github.event.pull_request.merged": false,
    }),
  };
}

/** A push to a branch that no filter and no condition names. */
export function branchPushScenario(trigger: Trigger): Scenario {
  return {
    trigger,
    known: lookedUp({
      ...DEFAULT_BRANCH,
      "github.event_name": "push",
      "github.ref": "refs/heads/any-branch",
      "github.ref_name": "any-branch",
      "github.ref_type": "branch",
      "github.ref_protected": false,
    }),
  };
}

/** Whether an input says that the step hands nothing on then: `push: ${{ github.event_name != 'pull_request' }}`. */
export function isOff({ step }: RunningStep, { known }: Scenario): boolean {
  const push = step.kind === "uses" ? inputOf(step.with, "push") : undefined;
  return push !== undefined && holds(push, known) === false;
}

/** Whether nothing that is known keeps the job from running then. */
export function mayRun({ conditions }: Pick<RunningJob | RunningStep, "conditions">, { known }: Scenario): boolean {
  return conditions.every((condition) => holds(condition, known) !== false);
}

function holds(condition: Text, known: Known): boolean | undefined {
  const [only, ...more] = condition.expressions;
  if (only === undefined) return condition.value.trim() === "" ? true : isTrue(literalOf(condition));
  const isWhole = only.bare || /^\s*\$\{\{[\s\S]*\}\}\s*$/.test(condition.value);
  // Text around an expression is true whatever it comes to.
  if (more.length > 0 || !isWhole || only.tree === undefined) return undefined;
  return truthOf(only.tree, known);
}

function literalOf({ value, type }: Text): string | boolean {
  return type === "boolean" ? value.toLowerCase() === "true" : value;
}

/** Jobs that outsiders can start and that run what outsiders wrote; and what a job has that is worth it. */
import { once } from "../../../../core/once.ts";
import { type RatedSeverity, severities } from "../../../../core/severity.ts";
import {
  type Place,
  type RepositoryRuns,
  type RunningJob,
  type UsesStep,
  writableScopes,
} from "../../../../engines/pipelines/model.ts";
import { CACHE_ACTIONS, type CacheInput } from "../../../knowledge/cache-actions.ts";
import { publisherOf } from "../publishing.ts";
import { isAction } from "../steps.ts";
import { inputOf } from "../uses.ts";
import { mayRun, outsideScenarios, type Scenario } from "./scenario.ts";
import { type Takeover, takeoverOf } from "./takeover.ts";

export interface Attack {
  readonly running: RunningJob;
  readonly scenario: Scenario;
  readonly takeover: Takeover;
}

/** Every way that is found by which an outsider's code runs in the repository's own context, one a job. */
export const attacksOn = once((runs: RepositoryRuns): readonly Attack[] =>
  scenariosOf(runs).flatMap(({ running, scenario }) => {
    const takeover = takeoverOf(running, scenario);
    return takeover === undefined ? [] : [{ running, scenario, takeover }];
  }),
);

/** Jobs that may run where an outsider starts them. */
export const scenariosOf = once((runs: RepositoryRuns): readonly Pick<Attack, "running" | "scenario">[] => {
  const byEntry = outsideScenarios(runs.workflows);
  return runs.jobs.flatMap((running) =>
    (byEntry.get(running.entry) ?? [])
      .filter((scenario) => mayRun(running, scenario))
      .map((scenario) => ({ running, scenario })),
  );
});

/** `job test of .github/workflows/ci.yml`, with the workflow that is started where that is another. */
export function nameOf({ job, workflow, entry }: RunningJob): string {
  const by = entry === workflow ? "" : `, called by ${shortPath(entry.path)}`;
  return `job ${job.id} of ${shortPath(workflow.path)}${by}`;
}

/** Workflows stand in one folder. */
export function shortPath(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export interface Stakes {
  /** Names of secrets that the job is handed. */
  readonly secrets: readonly string[];
  /** Scopes that its token may write; undefined where the repository's settings decide. */
  readonly scopes: readonly string[] | undefined;
  /** What it publishes or deploys by. */
  readonly publishes?: { readonly by: string; readonly place: Place };
}

export function stakesOf(running: RunningJob): Stakes {
  const scopes = writableScopes(running.permissions);
  const secrets = running.secrets.map(({ name }) => (name === "*" ? "all secrets" : name));
  for (const { step } of running.steps) {
    const by = publisherOf(step);
    if (by === undefined) continue;
    return { secrets, scopes, publishes: { by, place: step.kind === "uses" ? step.uses.text.place : step.run.place } };
  }
  return { secrets, scopes };
}

/** Undefined where nothing is stated of its token, which then may be able to. */
export function isPrivileged({ secrets, scopes, publishes }: Stakes): boolean | undefined {
  if (secrets.length > 0 || publishes !== undefined) return true;
  return scopes === undefined ? undefined : scopes.length > 0;
}

/** `secrets A and B, a token with contents: write`. */
export function stakesText({ secrets, scopes, publishes }: Stakes): string {
  const parts: string[] = [];
  if (secrets.length > 0) parts.push(`${secrets.length === 1 ? "secret" : "secrets"} ${listed(secrets)}`);
  if (scopes === undefined) parts.push("a token with the repository's default permissions");
  else if (scopes.includes("all")) parts.push("a token that may write all");
  else if (scopes.length > 0) parts.push(`a token with ${listed(scopes.map((scope) => `${scope}: write`))}`);
  if (publishes !== undefined) parts.push(`what ${publishes.by} publishes`);
  return listed(parts);
}

const NAMED = 4;

export function listed(words: readonly string[]): string {
  const shown = words.slice(0, NAMED);
  if (words.length > NAMED) return `${shown.join(", ")} and ${words.length - NAMED} more`;
  const [last = ""] = shown.slice(-1);
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

/** One step less bad where an environment may ask for an approval, which stands in no file. */
export function withApproval(severity: RatedSeverity, { environments }: RunningJob): RatedSeverity {
  if (environments.length === 0) return severity;
  return severities[severities.indexOf(severity) + 1] ?? severity;
}

export function approvalDetail({ environments }: RunningJob): string | undefined {
  const [first] = environments;
  if (first === undefined) return undefined;
  return `Environment ${first.name?.value ?? "of the job"} may ask for an approval first: its protection rules are not in the repository's files`;
}

/** Whether the step restores or saves a cache of this repository; undefined where an expression decides. */
export function usesCache(step: UsesStep): boolean | undefined {
  if (isAction(step.uses, "actions/cache/save")) return true;
  const dockerCache = ["cache-from", "cache-to"].map((name) => inputOf(step.with, name)?.value ?? "");
  if (dockerCache.some((value) => /\btype=gha\b/.test(value))) return true;
  const action = CACHE_ACTIONS.find((one) => isAction(step.uses, one.action));
  if (action === undefined) return false;
  if (action.inputs.length === 0) return true;
  const states = action.inputs.map((input) => stateOf(input, step));
  if (action.all === true) return states.every((state) => state !== false) ? true : false;
  return states.includes(true) ? true : states.includes(undefined) ? undefined : false;
}

function stateOf(input: CacheInput, step: UsesStep): boolean | undefined {
  const text = inputOf(step.with, input.input);
  if (text === undefined) return input.absent;
  if (text.expressions.length > 0) return undefined;
  const value = text.value.trim().toLowerCase();
  if (input.when === "set") return value !== "" && value !== "false";
  return "on" in input.when ? input.when.on.includes(value) : !input.when.off.includes(value);
}

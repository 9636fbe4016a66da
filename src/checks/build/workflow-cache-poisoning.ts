import type { RatedSeverity } from "../../core/severity.ts";
import type { Place, Text, Uses, UsesStep } from "../../engines/pipelines/model.ts";
import { CACHE_ACTIONS, type CacheAction, type CacheInput } from "../knowledge/cache-actions.ts";
import { soleExpression } from "./pipelines/expressions.ts";
import { holdsIn, type KnownRun } from "./pipelines/known-truth.ts";
import { publishingOf } from "./pipelines/publishing.ts";
import { actionName, isAction } from "./pipelines/steps.ts";
import { inputOf, stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Caches that come into what is published: every branch's runs can write them (GitHub's "Dependency caching reference"). */
export const workflowCachePoisoning = workflowCheck({
  name: "workflow-cache-poisoning",
  title: "Caches restored in publishing workflows",
  severity: "medium",
  controls: [],
  documentation: {
    what: "Checks jobs that publish (triggered by a release, a pushed tag or a release branch, or with a step that publishes) for actions that restore a cache: actions/cache, setup actions with their cache on, build caches. Not reported: caches that an input or an `if` turns off for the runs that publish. Severity: medium, low where an expression decides about the cache.",
    why: "A job of the default branch that runs untrusted code, such as one of `pull_request_target`, can write a cache that the publishing job restores later: what it published then had malicious code in it.",
    fix: "Build without a cache where the result is published: leave actions/cache out, and turn the setup action's cache off (`cache: false`, `package-manager-cache: false`, `enable-cache: false`).",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching",
      "https://adnanthekhan.com/2024/05/06/the-monsters-in-your-build-cache-github-actions-cache-poisoning/",
    ],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    for (const job of stepsJobs(file)) {
      const publishing = publishingOf(file, job);
      if (publishing === undefined) continue;
      for (const step of job.steps) {
        if (step.kind !== "uses" || isOff(step.if, publishing.runs)) continue;
        const action = CACHE_ACTIONS.find((one) => isAction(step.uses, one.action));
        const use = action === undefined ? undefined : usedCache(action, step, publishing.runs);
        if (action === undefined || use === undefined) continue;
        const name = actionName(step.uses);
        yield {
          subject: `job ${job.id}: ${name}`,
          title: `${name} ${use.sure ? "restores" : "may restore"} a cache in job ${job.id}, which publishes by ${publishing.by}`,
          severity: (use.sure ? "medium" : "low") satisfies RatedSeverity,
          confidence: use.sure ? "medium" : "low",
          place: step.uses.text.place,
          related: [...use.places, publishing.place],
          fix: fixOf(action, name),
          evidence: { action: name, publishes: publishing.by },
        };
      }
    }
  },
});

interface CacheUse {
  readonly sure: boolean;
  readonly places: readonly Place[];
}

function usedCache({ inputs, all }: CacheAction, step: UsesStep, runs: readonly KnownRun[]): CacheUse | undefined {
  if (inputs.length === 0) return { sure: true, places: [] };
  const states = inputs.map((input) => ({ state: stateOf(input, step, runs), text: inputOf(step.with, input.input) }));
  const counted = states.filter(({ state }) => state !== false);
  if (all === true ? counted.length < inputs.length : counted.length === 0) return undefined;
  const sure =
    all === true ? counted.every(({ state }) => state === true) : counted.some(({ state }) => state === true);
  return { sure, places: counted.flatMap(({ text }) => (text === undefined ? [] : [text.place])) };
}

/** Whether the input puts the cache to use in one of the runs; undefined where an expression decides. */
function stateOf(input: CacheInput, step: UsesStep, runs: readonly KnownRun[]): boolean | undefined {
  const text = inputOf(step.with, input.input);
  // What holds for some versions holds for these alone, set or not.
  if (input.below !== undefined && !isBelow(step.uses, input.below)) return false;
  if (text === undefined) return input.absent && (input.from === undefined || isFrom(step.uses, input.from));
  const written = soleExpression(text);
  if (written !== undefined) {
    const { tree } = written;
    const truths = runs.map((run) => (tree === undefined ? undefined : holdsIn(tree, run)));
    if (truths.some((truth) => truth === undefined)) return undefined;
    const uses = truths.map((truth) => isUsed(input, String(truth)));
    // Of different kinds of run one may be without.
    return uses.every((one) => one === uses[0]) ? uses[0] : undefined;
  }
  return text.expressions.length > 0 ? undefined : isUsed(input, text.value.trim().toLowerCase());
}

function isUsed({ when }: CacheInput, value: string): boolean {
  if (when === "set") return value !== "" && value !== "false";
  return "on" in when ? when.on.includes(value) : !when.off.includes(value);
}

/** By its ref, or the comment behind a commit; what says no version is taken for an old one that caches. */
function majorOf(uses: Uses): number | undefined {
  if (uses.kind !== "repository") return undefined;
  const stated = uses.refKind === "commit" ? uses.text.comment : uses.ref;
  const found = /^(?:tag[=:])?\s*v?(\d{1,4})(?![\w])/.exec(stated?.trim() ?? "");
  return found === null ? undefined : Number(found[1]);
}

const isBelow = (uses: Uses, major: number): boolean => (majorOf(uses) ?? 0) < major;
const isFrom = (uses: Uses, major: number): boolean => (majorOf(uses) ?? major) >= major;

/** Its `if` is false in every run that publishes. */
function isOff(condition: Text | undefined, runs: readonly KnownRun[]): boolean {
  const tree = condition?.expressions.length === 1 ? condition.expressions[0]?.tree : undefined;
  return tree !== undefined && runs.every((run) => holdsIn(tree, run) === false);
}

function fixOf({ inputs }: CacheAction, name: string): string {
  const off = inputs.find(({ turnOff }) => turnOff !== undefined);
  if (off !== undefined) return `set ${off.input}: ${off.turnOff} on ${name} in jobs that publish`;
  const [named] = inputs;
  return named === undefined
    ? `remove ${name} from jobs that publish`
    : `remove ${named.input} from ${name} in jobs that publish`;
}

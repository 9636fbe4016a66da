import type { LifecyclePipeline, LifecycleStep, PastRun } from "../../engines/pipelines/model.ts";
import type { RebuildFacts } from "../subjects/lifecycle.ts";
import { neverDue } from "./lifecycle/cron.ts";
import { type LifecycleDetection, lifecycleCheck } from "./lifecycle/lifecycle-check.ts";
import { holdsIn } from "./pipelines/known-truth.ts";

/** Rebuilds on a schedule that bring nothing new. */
export const rebuildWithoutEffect = lifecycleCheck({
  name: "rebuild-without-effect",
  title: "Scheduled rebuilds without effect",
  severity: "medium",
  documentation: {
    what: "Checks workflows that a schedule starts and that build images, or say by their name that they do: schedules that are never due or cannot be read; jobs whose conditions do not hold in a scheduled run; rebuilds without a build; builds from a cache (`cache-from`) that ask for no newer base (`pull: true`, `--pull`, `no-cache`); base images pinned by digest that nothing updates, so that each rebuild gives the same image. With `--runs FILE` (`gh run list --json …`) also those whose last scheduled runs all failed, or that last ran longer ago than `rebuild.maxAgeDays`. Not known without it: whether the runs succeed, and whether GitHub has disabled the schedule after 60 days without a commit. Severity: medium.",
    why: "The base has had its fix for months and the image has not: everybody believes that it is rebuilt each week.",
    fix: "Let the schedule run a job that builds with `--pull` (or `no-cache`) and pushes, and let Dependabot or Renovate move digests of base images.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule",
      "https://docs.docker.com/build/ci/github-actions/cache/",
    ],
  },
  of: "rebuilds",
  need: "partial",
  *detect(facts) {
    for (const pipeline of facts.scheduled) {
      const found = ofPipeline(pipeline, facts);
      // One cause is enough: with it nothing of the others matters.
      if (found !== undefined) yield { ...found, subject: pipeline.path };
    }
  },
});

type Cause = Omit<LifecycleDetection, "subject">;

function ofPipeline(pipeline: LifecyclePipeline, { bases, basesUpdated, runs }: RebuildFacts): Cause | undefined {
  const { path, schedule, steps } = pipeline;
  if (schedule === undefined) return undefined;
  const builds = steps.filter(({ role }) => role === "build");
  return (
    neverStarts(path, schedule) ??
    neverBuilds(pipeline, builds) ??
    (runs === undefined ? undefined : failing(pipeline, runs)) ??
    fromCache(path, builds) ??
    (basesUpdated || builds.length === 0 ? undefined : sameBases(path, builds, bases))
  );
}

function neverStarts(path: string, { crons, place }: NonNullable<LifecyclePipeline["schedule"]>): Cause | undefined {
  const faults = crons.map(({ value }) => neverDue(value));
  const [fault] = faults;
  if (crons.length > 0 && (fault === undefined || faults.includes(undefined))) return undefined;
  return {
    title: `The schedule of ${path} never starts it: ${fault ?? "it has no cron"}`,
    places: [crons[0]?.place ?? place],
    fix: 'set a cron that is due each week: "0 3 * * 1"',
    ...(crons[0] === undefined ? {} : { evidence: { cron: crons[0].value } }),
  };
}

function neverBuilds(
  { path, name, schedule, opaque }: LifecyclePipeline,
  builds: readonly LifecycleStep[],
): Cause | undefined {
  if (schedule === undefined) return undefined;
  const [first] = builds;
  if (first === undefined) {
    if (opaque.length > 0) return undefined;
    return {
      title: `${path} is called ${JSON.stringify(name)} and builds no image`,
      places: [schedule.place],
      fix: "build the images with --pull in it, and push them",
    };
  }
  const run = { event: "schedule", refType: "branch" } as const;
  const shut = builds.map(({ job, condition }) =>
    [...(schedule.conditions.get(job) ?? []), ...(condition === undefined ? [] : [condition])].find(
      ({ expressions: [only, ...more] }) =>
        only?.tree !== undefined && more.length === 0 ? holdsIn(only.tree, run) === false : false,
    ),
  );
  const [condition] = shut;
  if (condition === undefined || shut.includes(undefined)) return undefined;
  return {
    title: `No job of ${path} that builds runs on its schedule`,
    detail: `if: ${condition.value}`,
    places: [condition.place, schedule.place],
    fix: "let the condition hold for schedules: github.event_name == 'schedule'",
    evidence: { condition: condition.value },
  };
}

/** Runs that are looked at. */
const LAST = 3;

function failing({ path, name, schedule }: LifecyclePipeline, runs: readonly PastRun[]): Cause | undefined {
  const own = runs
    .filter(
      ({ workflow, event }) =>
        event === "schedule" && (workflow === name || workflow === path || path.endsWith(`/${workflow}`)),
    )
    .filter(({ conclusion }) => conclusion !== "")
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, LAST);
  const [last] = own;
  if (last === undefined || schedule === undefined || own.some(({ conclusion }) => conclusion === "success"))
    return undefined;
  return {
    title: `The last ${own.length === 1 ? "scheduled run" : `${own.length} scheduled runs`} of ${path} did not succeed`,
    detail: `${last.at}: ${last.conclusion}`,
    places: [schedule.place],
    fix: "see why the run fails, and be told of the next one",
    evidence: { runs: own.map(({ at, conclusion }) => `${at} ${conclusion}`).join(", ") },
  };
}

function fromCache(path: string, builds: readonly LifecycleStep[]): Cause | undefined {
  const [first] = builds;
  if (first === undefined || builds.some(({ cacheFrom, fresh }) => cacheFrom === undefined || fresh === true))
    return undefined;
  return {
    title: `The rebuild in ${path} takes its layers from a cache and asks for no newer base`,
    places: [first.place, ...builds.slice(1).map(({ place }) => place)],
    fix: "set no-cache: true (or --no-cache --pull) for the scheduled build",
    evidence: { cache: first.cacheFrom ?? "" },
  };
}

function sameBases(path: string, builds: readonly LifecycleStep[], bases: RebuildFacts["bases"]): Cause | undefined {
  const [first] = bases;
  const [build] = builds;
  if (first === undefined || build === undefined || bases.some(({ pinned }) => !pinned)) return undefined;
  return {
    title: `The rebuild in ${path} gives the same image: its base images are pinned by digest and nothing updates them`,
    places: [build.place, first.place, ...bases.slice(1, 5).map(({ place }) => place)],
    fix: "let Dependabot (package-ecosystem: docker) or Renovate move the digests",
    evidence: { bases: String(bases.length) },
  };
}

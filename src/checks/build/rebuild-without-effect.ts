import type { LifecyclePipeline, LifecycleStep, PastRun, Place } from "../../engines/pipelines/model.ts";
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
    what: "Checks workflows that a schedule starts and that build images, or say by their name that they do: schedules that are never due or cannot be read; jobs whose conditions do not hold in a scheduled run; rebuilds without a build; builds from a cache (`cache-from`) that ask for no newer base (`pull: true`, `--pull`, `no-cache`); base images pinned by digest that nothing updates, so that each rebuild gives the same image. With `--runs FILE` (`gh run list --json …`) also those whose last scheduled runs all failed, or of which none has succeeded for longer than `rebuild.maxAgeDays`, and of GitLab those whose past runs a schedule started; where the file has no scheduled run of a workflow, that is *unknown*. Not known without it: whether the runs succeed, and whether GitHub has disabled the schedule after 60 days without a commit. Severity: medium.",
    why: "The base has had its fix for months and the image has not: everybody believes that it is rebuilt each week.",
    fix: "Let the schedule run a job that builds with `--pull` (or `no-cache`) and pushes, and let Dependabot or Renovate move digests of base images.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule",
      "https://docs.docker.com/build/ci/github-actions/cache/",
    ],
  },
  of: "rebuilds",
  need: "partial",
  // Days that an image may go without a rebuild.
  parameters: { maxAgeDays: ({ rebuild }) => rebuild.maxAgeDays },
  *detect(facts, now, { maxAgeDays }) {
    for (const scheduled of facts.scheduled) {
      const found = ofPipeline(scheduled, facts, { now, maxAgeDays });
      // One cause is enough: with it nothing of the others matters.
      if (found !== undefined) yield { ...found, subject: scheduled.pipeline.path };
    }
  },
});

type Cause = Omit<LifecycleDetection, "subject">;

interface Age {
  readonly now: Date;
  readonly maxAgeDays: number;
}

function ofPipeline(
  { pipeline, runs = [] }: RebuildFacts["scheduled"][number],
  { bases, basesUpdated }: RebuildFacts,
  age: Age,
): Cause | undefined {
  const { path, schedule, steps } = pipeline;
  const builds = steps.filter(({ role }) => role === "build");
  const place = schedule?.place ?? builds[0]?.place;
  if (place === undefined) return undefined;
  const past = () => failing(path, place, runs) ?? overdue(path, place, runs, age);
  // Of GitLab nobody knows what the schedule sets, and so which of the jobs it starts.
  if (schedule === undefined) return past();
  return (
    neverStarts(path, schedule) ??
    neverBuilds(pipeline, builds) ??
    past() ??
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

function failing(path: string, place: Place, runs: readonly PastRun[]): Cause | undefined {
  const own = runs.slice(0, LAST);
  const [last] = own;
  if (last === undefined || own.some(({ conclusion }) => conclusion === "success")) return undefined;
  return {
    title: `The last ${own.length === 1 ? "scheduled run" : `${own.length} scheduled runs`} of ${path} did not succeed`,
    detail: `${last.at}: ${last.conclusion}`,
    places: [place],
    fix: "see why the run fails, and be told of the next one",
    evidence: { runs: own.map(({ at, conclusion }) => `${at} ${conclusion}`).join(", ") },
  };
}

/** GitHub disables a schedule after 60 days without a commit, and tells those alone who watch the repository. */
function overdue(path: string, place: Place, runs: readonly PastRun[], { now, maxAgeDays }: Age): Cause | undefined {
  const success = runs.find(({ conclusion }) => conclusion === "success");
  if (success === undefined) return undefined;
  const days = Math.floor((now.getTime() - Date.parse(success.at)) / DAY);
  if (days <= maxAgeDays) return undefined;
  return {
    title: `No scheduled run of ${path} has succeeded for ${days} days; the policy requires a rebuild every ${maxAgeDays} days`,
    detail: `${success.at}: ${success.conclusion}`,
    places: [place],
    fix: "enable the schedule again where it is disabled, and set a cron that is due often enough",
    evidence: { succeeded: success.at },
  };
}

const DAY = 24 * 60 * 60 * 1000;

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

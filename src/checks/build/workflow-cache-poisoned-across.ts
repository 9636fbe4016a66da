import type { Place, RunningJob } from "../../engines/pipelines/model.ts";
import { reachOf } from "../knowledge/event-contexts.ts";
import { acrossCheck } from "./pipelines/across/across-check.ts";
import {
  type Attack,
  approvalDetail,
  attacksOn,
  isPrivileged,
  listed,
  nameOf,
  type Stakes,
  scenariosOf,
  stakesOf,
  stakesText,
  usesCache,
  withApproval,
} from "./pipelines/across/attacks.ts";
import { foreignCheckout } from "./pipelines/across/takeover.ts";

/** Caches of the default branch that an outsider's code can write and that other workflows restore. */
export const workflowCachePoisonedAcross = acrossCheck({
  name: "workflow-cache-poisoned-across",
  title: "Caches shared by untrusted and privileged workflows",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about what pipelines hand to each other",
  documentation: {
    what: "Checks which jobs run an outsider's code where they can write the default branch's caches (`pull_request_target`, `issue_comment`, `workflow_run` after a pull request and the like; of `pull_request` caches stay with the pull request), and which privileged jobs of other workflows restore a cache. Local reusable workflows and composite actions are followed. Not reported: jobs whose `if` keeps outsiders out. Severity: critical where the job that restores publishes or deploys, else high; one less where an environment may ask for an approval.",
    why: "Code that runs in a job can write any cache key of its branch, whether or not the workflow saves a cache. The next run of the release restores it, and what it publishes has the attacker's code in it.",
    fix: "Run the pull request's code in a `pull_request` workflow, and restore no cache where something is published, deployed or signed.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache",
      "https://adnanthekhan.com/2024/05/06/the-monsters-in-your-build-cache-github-actions-cache-poisoning/",
    ],
  },
  *detect(runs) {
    const readers = runs.jobs.flatMap((running) => readerOf(running) ?? []);
    if (readers.length === 0) return;
    const attacks = attacksOn(runs);
    const taken = new Set(attacks.map(({ running }) => running));
    const writers: Writer[] = [
      ...attacks.map(({ running, scenario, takeover }) => ({
        running,
        scenario,
        how: takeover.how,
        places: [takeover.place, ...takeover.from],
      })),
      ...scenariosOf(runs).flatMap(({ running, scenario }): Writer[] => {
        const checkout = taken.has(running) ? undefined : foreignCheckout(running, scenario);
        const saved = checkout === undefined ? undefined : cacheStep(running);
        if (checkout === undefined || saved === undefined) return [];
        return [{ running, scenario, how: "saves a cache of the pull request's files", places: [saved, checkout] }];
      }),
    ];
    for (const { running, scenario, how, places } of writers) {
      const others = readers.filter((reader) => reader.running.entry !== running.entry);
      const [worst] = [...others].sort((one, other) => rank(one) - rank(other));
      const [place, ...from] = places;
      if (worst === undefined || place === undefined) continue;
      const more = others.length === 1 ? "" : ` and ${others.length - 1} more`;
      const detail = approvalDetail(running);
      yield {
        subject: nameOf(running),
        title: `An outsider can poison the cache of ${nameOf(worst.running)}${more}: ${nameOf(running)} ${how}`,
        place,
        related: [...from, scenario.trigger.place, worst.place, ...others.map((other) => other.place)],
        severity: withApproval(worst.stakes.publishes === undefined ? "high" : "critical", running),
        confidence: "medium",
        ...(detail === undefined ? {} : { detail }),
        fix: `run the pull request's code by pull_request instead of ${scenario.trigger.event}, and restore no cache in ${nameOf(worst.running)}`,
        evidence: {
          trigger: scenario.trigger.event,
          "restored by": listed([...new Set(others.map((other) => nameOf(other.running)))]),
          "at stake": stakesText(worst.stakes),
        },
      };
    }
  },
});

interface Writer extends Pick<Attack, "running" | "scenario"> {
  readonly how: string;
  readonly places: readonly Place[];
}

interface Reader {
  readonly running: RunningJob;
  readonly place: Place;
  readonly stakes: Stakes;
}

/** One whose own event is of people with write access, and that has something to lose. */
function readerOf(running: RunningJob): Reader | undefined {
  if (!running.entry.on.some(({ event }) => reachOf(event) === "inside" && event !== "workflow_call")) return undefined;
  const stakes = stakesOf(running);
  const place = isPrivileged(stakes) === true ? cacheStep(running) : undefined;
  return place === undefined ? undefined : { running, place, stakes };
}

function cacheStep({ steps }: RunningJob): Place | undefined {
  for (const { step } of steps) {
    if (step.kind === "uses" && usesCache(step) === true) return step.uses.text.place;
  }
  return undefined;
}

function rank({ stakes }: Reader): number {
  return stakes.publishes === undefined ? 1 : 0;
}

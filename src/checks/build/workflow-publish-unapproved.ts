import type { RatedSeverity } from "../../core/severity.ts";
import type { RepositoryRuns, RunningJob, Trigger } from "../../engines/pipelines/model.ts";
import { acrossCheck } from "./pipelines/across/across-check.ts";
import { nameOf } from "./pipelines/across/attacks.ts";
import {
  branchPushScenario,
  forkTrigger,
  isOff,
  mayRun,
  outsideScenarios,
  pullRequestScenario,
  type Scenario,
} from "./pipelines/across/scenario.ts";
import { type Delivery, deliveryOf } from "./pipelines/deploying.ts";

/** Jobs that publish or deploy without an environment that could ask for an approval, by who starts them. */
export const workflowPublishUnapproved = acrossCheck({
  name: "workflow-publish-unapproved",
  title: "Publishing and deploying without approval",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about who may start a release",
  documentation: {
    what: "Checks jobs that publish, deploy, sign or log in to a cloud, also through reusable workflows and composite actions of the repository, for who starts them: outsiders, anyone who may push any branch, or who may push the branches and tags that the trigger names. Not reported: jobs with an environment (its reviewers and branches are set outside of the files), and jobs that `workflow_dispatch` alone starts. Severity: high where an outsider starts the job, medium where a push to any branch or a pull request does, else low.",
    why: "Whoever may start the job decides what is released: one account with write access, or none at all, is enough for a release that nobody has looked at.",
    fix: "Give the job an `environment` with required reviewers and with the branches and tags that may deploy, and start it by protected tags or branches alone.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments",
      "https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments",
    ],
  },
  *detect(runs) {
    for (const running of runs.jobs) {
      if (running.environments.length > 0) continue;
      const starter = startedBy(running, runs);
      if (starter === undefined) continue;
      const { who, severity, trigger, delivery } = starter;
      yield {
        subject: nameOf(running),
        title: `No approval stands before ${delivery.by} in ${nameOf(running)}: ${who} starts it`,
        place: delivery.place,
        related: [trigger.place],
        severity,
        confidence: severity === "low" ? "medium" : "high",
        fix: `set environment: with required reviewers on ${nameOf(running)}`,
        evidence: { by: delivery.by, trigger: trigger.event },
      };
    }
  },
});

interface Starter {
  readonly who: string;
  readonly severity: RatedSeverity;
  readonly trigger: Trigger;
  readonly delivery: Delivery;
}

/** The widest circle of people for whom the job delivers. */
function startedBy(running: RunningJob, { workflows }: RepositoryRuns): Starter | undefined {
  const { entry } = running;
  for (const scenario of outsideScenarios(workflows).get(entry) ?? []) {
    const delivery = deliveryIn(running, scenario);
    if (delivery !== undefined) {
      const who = `an outsider, by ${scenario.trigger.event},`;
      return { who, severity: "high", trigger: scenario.trigger, delivery };
    }
  }
  const pull = forkTrigger(entry);
  const pulled = pull === undefined ? undefined : deliveryIn(running, pullRequestScenario(pull));
  if (pull !== undefined && pulled !== undefined) {
    return { who: "a pull request of a branch", severity: "medium", trigger: pull, delivery: pulled };
  }
  const push = entry.on.find(({ event }) => event === "push");
  const pushed = push === undefined || !isAnyBranch(push) ? undefined : deliveryIn(running, branchPushScenario(push));
  if (push !== undefined && pushed !== undefined) {
    return { who: "a push to any branch", severity: "medium", trigger: push, delivery: pushed };
  }
  const trigger = push ?? entry.on.find(({ event }) => event === "release" || event === "schedule");
  const delivery = trigger === undefined ? undefined : deliveryOf(running);
  if (trigger === undefined || delivery === undefined) return undefined;
  return { who: whoStarts(trigger), severity: "low", trigger, delivery };
}

function deliveryIn(running: RunningJob, scenario: Scenario): Delivery | undefined {
  if (!mayRun(running, scenario)) return undefined;
  return deliveryOf(running, (step) => mayRun(step, scenario) && !isOff(step, scenario));
}

/** Tags alone are not any branch, and what leaves some branches out is. */
function isAnyBranch({ branches, tags, branchesIgnore }: Trigger): boolean {
  if (branches.length === 0) return tags.length === 0 || branchesIgnore.length > 0;
  return branches.some(({ value }) => value === "*" || value === "**");
}

function whoStarts({ event, branches, tags }: Trigger): string {
  if (event === "schedule") return "a schedule";
  if (event === "release") return "whoever may publish a release";
  if (branches.length > 0) return `whoever may push to ${branches[0]?.value ?? "the branch"}`;
  return tags.length > 0 ? `whoever may push a tag ${tags[0]?.value ?? ""}`.trim() : "whoever may push";
}

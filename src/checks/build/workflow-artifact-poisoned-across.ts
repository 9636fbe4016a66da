import type { Place, RepositoryRuns, RunningJob, Step, UsesStep, Workflow } from "../../engines/pipelines/model.ts";
import { acrossCheck } from "./pipelines/across/across-check.ts";
import {
  approvalDetail,
  attacksOn,
  isPrivileged,
  nameOf,
  scenariosOf,
  shortPath,
  stakesOf,
  stakesText,
  withApproval,
} from "./pipelines/across/attacks.ts";
import { forkTrigger } from "./pipelines/across/scenario.ts";
import { type DirectoryRunner, runnerIn } from "./pipelines/directory-runners.ts";
import { foreignDownload } from "./pipelines/downloads.ts";
import { isAction } from "./pipelines/steps.ts";
import { booleanOf, inputOf } from "./pipelines/uses.ts";

/** Artifacts that an outsider's run stores and a privileged job unpacks and runs, with both places. */
export const workflowArtifactPoisonedAcross = acrossCheck({
  name: "workflow-artifact-poisoned-across",
  title: "Artifacts handed from untrusted to privileged jobs",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about what pipelines hand to each other",
  documentation: {
    what: "Checks which privileged jobs unpack an artifact into their workspace that an outsider's run stored: of the workflow that a `workflow_run` follows, of a workflow that `dawidd6/action-download-artifact` names, or of a job of the same run that runs the pull request's code. Names the step that stores it and the one that takes it. Not reported: artifacts unpacked outside the workspace (`path: ${{ runner.temp }}/…`), jobs without secrets and write permissions, jobs whose `if` keeps pull requests out. Severity: critical where a later step runs what lies in the workspace, else medium; one less where an environment may ask for an approval.",
    why: "All that a pull request's run stores is the author's, the names of files too: a script among them replaces the checked-out one and runs with the job's token and secrets.",
    fix: "Unpack to `${{ runner.temp }}`, check what you read, and run nothing of it; or follow only runs that no pull request started (`if: github.event.workflow_run.event == 'push'`).",
    references: [
      "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
      "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run",
    ],
  },
  *detect(runs) {
    for (const { running, from, step, by } of handedOver(runs)) {
      const download = foreignDownload(step) ?? ownDownload(step);
      if (download === undefined || download.isOutside) continue;
      const stakes = stakesOf(running);
      const privileged = isPrivileged(stakes);
      if (privileged === false) continue;
      const runner = runnerBehind(running, step);
      const detail = approvalDetail(running);
      const severity = privileged === true && runner !== undefined ? "critical" : "medium";
      yield {
        subject: `${nameOf(running)}: ${download.by}`,
        title: `${capitalized(nameOf(running))} unpacks an artifact that an outsider stores by ${from.name}${runner === undefined ? "" : `, and runs ${runner.what}`}`,
        place: download.place,
        related: [...(runner === undefined ? [] : [runner.place]), ...from.places],
        severity: withApproval(severity, running),
        confidence: runner === undefined ? "low" : "medium",
        ...(detail === undefined ? {} : { detail }),
        fix: "unpack to ${{ runner.temp }}/artifact and run nothing of it, or follow only runs of pushes",
        evidence: { "stored by": from.name, by, "at stake": stakesText(stakes) },
      };
    }
  },
});

interface HandedOver {
  readonly running: RunningJob;
  readonly step: Step;
  /** Who stores it: the steps, and what starts them. */
  readonly from: { readonly name: string; readonly places: readonly Place[] };
  /** `workflow_run`. */
  readonly by: string;
}

function* handedOver(runs: RepositoryRuns): Generator<HandedOver> {
  for (const { running, scenario } of scenariosOf(runs)) {
    const { after } = scenario;
    if (after === undefined) continue;
    const from = storedBy(after.workflow, after.trigger.place, runs);
    for (const { step } of running.steps) {
      if (foreignDownload(step) !== undefined) yield { running, step, from, by: "workflow_run" };
    }
  }
  yield* byName(runs);
  yield* withinRuns(runs);
}

/** Steps that store artifacts of the workflow, where there are; a pull request may add others. */
function storedBy(workflow: Workflow, trigger: Place, runs: RepositoryRuns): HandedOver["from"] {
  const uploads = runs.jobs.filter(({ entry }) => entry === workflow).flatMap(uploadsOf);
  return { name: shortPath(workflow.path), places: [...uploads, trigger] };
}

function uploadsOf({ steps }: RunningJob): Place[] {
  return steps.flatMap(({ step }) => (isUpload(step) ? [step.uses.text.place] : []));
}

function isUpload(step: Step): step is UsesStep {
  return step.kind === "uses" && isAction(step.uses, "actions/upload-artifact");
}

/** Of the newest run of a workflow that pull requests start as well. */
function* byName(runs: RepositoryRuns): Generator<HandedOver> {
  for (const running of runs.jobs) {
    for (const { step } of running.steps) {
      if (step.kind !== "uses" || !isAction(step.uses, "dawidd6/action-download-artifact")) continue;
      const isNarrowed = ["branch", "event", "commit", "run_id", "pr"].some(
        (name) => inputOf(step.with, name) !== undefined,
      );
      if (isNarrowed || booleanOf(inputOf(step.with, "allow_forks")) === false) continue;
      const named = inputOf(step.with, "workflow")?.value;
      const workflow = runs.workflows.find(({ path, name }) => named === shortPath(path) || named === name?.value);
      const trigger = workflow === undefined ? undefined : forkTrigger(workflow);
      if (workflow === undefined || trigger === undefined || workflow === running.entry) continue;
      yield { running, step, from: storedBy(workflow, trigger.place, runs), by: "the newest run of the workflow" };
    }
  }
}

/** From a job of the same run in which an outsider's code runs. */
function* withinRuns(runs: RepositoryRuns): Generator<HandedOver> {
  const attacks = attacksOn(runs);
  const taken = new Set(attacks.map(({ running }) => running));
  for (const { running, takeover, scenario } of attacks) {
    const uploads = uploadsOf(running);
    if (uploads.length === 0) continue;
    for (const other of runs.jobs) {
      if (other.entry !== running.entry || taken.has(other)) continue;
      const step = other.steps.find((one) => ownDownload(one.step) !== undefined)?.step;
      if (step === undefined) continue;
      const places = [...uploads, takeover.place, scenario.trigger.place];
      yield { running: other, step, from: { name: nameOf(running), places }, by: "the same run" };
    }
  }
}

/** An artifact of the same run. */
function ownDownload(step: Step): ReturnType<typeof foreignDownload> {
  if (step.kind !== "uses" || !isAction(step.uses, "actions/download-artifact")) return undefined;
  if (inputOf(step.with, "run-id") !== undefined) return undefined;
  const isOutside = /^\s*(?:\$\{\{\s*runner\.temp\s*\}\}|\/tmp(?:\/|$))/.test(inputOf(step.with, "path")?.value ?? "");
  return { by: "actions/download-artifact", place: step.uses.text.place, isOutside };
}

/** The first step from the download on that runs what lies in the workspace. */
function runnerBehind({ steps }: RunningJob, download: Step): DirectoryRunner | undefined {
  const from = steps.findIndex(({ step }) => step === download);
  for (const { step } of steps.slice(from)) {
    if (step.kind === "run") {
      const runner = runnerIn(step.run);
      if (runner !== undefined && (step !== download || runner.what !== "gh")) return runner;
    } else if (step.uses.kind === "local" && step !== download && step.uses.text.value.startsWith(".")) {
      return { what: step.uses.text.value, place: step.uses.text.place };
    }
  }
  return undefined;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { Place, Step, Text, Workflow } from "../../engines/pipelines/model.ts";
import { FOREIGN_COMMANDS, FOREIGN_DOWNLOADS, RUNS_ITS_DIRECTORY } from "../knowledge/artifact-downloads.ts";
import { reachOf } from "../knowledge/event-contexts.ts";
import { actionName, isAction } from "./pipelines/steps.ts";
import { inputOf, stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Another run's files, unpacked over the workspace and then run ("Secure use reference", workflow_run and untrusted artifacts). */
export const workflowArtifactPoisoning = workflowCheck({
  name: "workflow-artifact-poisoning",
  title: "Artifacts of untrusted runs executed",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about how a pipeline runs its steps",
  documentation: {
    what: "Checks workflows that anyone can start with the repository's token (`workflow_run`, `issue_comment` and the like) for steps that download an artifact of another run into the workspace, and later steps of the job that run what is there: build tools, interpreters, scripts by path, local actions. Not reported: artifacts of the same run, downloads into a directory of their own outside the workspace that nothing runs. Severity: high where something runs it, else medium.",
    why: "The run that stored the artifact was started by a pull request, and its files are the attacker's: a `Makefile` or a script in it replaces the checked-out one and runs with this job's token and secrets.",
    fix: "Download to `${{ runner.temp }}`, read the values that you need as data, and check them; run nothing of it.",
    references: [
      "https://docs.github.com/en/actions/reference/security/secure-use#mitigating-the-risks-of-untrusted-code-checkout",
      "https://www.legitsecurity.com/blog/artifact-poisoning-vulnerability-discovered-in-rust",
    ],
  },
  needs: "partial",
  applies: (file) => file.kind === "workflow" && outsideTrigger(file) !== undefined,
  *detect(file) {
    const trigger = file.kind === "workflow" ? outsideTrigger(file) : undefined;
    if (trigger === undefined) return;
    for (const job of stepsJobs(file)) {
      for (const [at, step] of job.steps.entries()) {
        const download = foreignDownload(step);
        if (download === undefined || download.isOutside) continue;
        const runner = firstRunner(job.steps.slice(at + 1)) ?? (step.kind === "run" ? runnerIn(step.run) : undefined);
        yield {
          subject: `job ${job.id}: ${download.by}`,
          title: `Job ${job.id} unpacks another run's artifact into the workspace${runner === undefined ? "" : ` and then runs ${runner.what}`}`,
          severity: runner === undefined ? "medium" : "high",
          confidence: runner === undefined ? "low" : "medium",
          place: download.place,
          related: [...(runner === undefined ? [] : [runner.place]), trigger.place],
          fix: "download to ${{ runner.temp }}/artifact, and treat the files as data",
          evidence: { download: download.by, ...(runner === undefined ? {} : { runs: runner.what }) },
        };
      }
    }
  },
});

function outsideTrigger({ on }: Workflow): Workflow["on"][number] | undefined {
  return on.find(({ event }) => reachOf(event) === "outside");
}

interface Download {
  readonly by: string;
  readonly place: Place;
  /** Its directory is none that the job works in. */
  readonly isOutside: boolean;
}

function foreignDownload(step: Step): Download | undefined {
  if (step.kind === "run") return downloadByCommand(step.run);
  const by = actionName(step.uses);
  if (isAction(step.uses, "actions/github-script")) {
    const script = inputOf(step.with, "script");
    if (script === undefined || !script.value.includes("downloadArtifact")) return undefined;
    return { by, place: script.place, isOutside: /RUNNER_TEMP|runner\.temp|os\.tmpdir|\/tmp\//.test(script.value) };
  }
  const inputs = FOREIGN_DOWNLOADS[by.toLowerCase()];
  if (inputs === undefined) return undefined;
  if (inputs.length > 0 && !inputs.some((input) => inputOf(step.with, input) !== undefined)) return undefined;
  return { by, place: step.uses.text.place, isOutside: isOutsidePath(inputOf(step.with, "path")?.value) };
}

function downloadByCommand(script: Text): Download | undefined {
  const command = FOREIGN_COMMANDS.find((one) => script.value.includes(one));
  if (command === undefined) return undefined;
  const line = script.value.slice(script.value.indexOf(command)).split("\n", 1)[0] ?? "";
  const target = /(?:-D|--dir)[ =]["']?([^\s"']{1,200})/.exec(line)?.[1];
  return { by: command, place: script.place, isOutside: isOutsidePath(target) };
}

function isOutsidePath(path: string | undefined): boolean {
  if (path === undefined) return false;
  return /^\s*(?:\$\{\{\s*runner\.temp\s*\}\}|\$\{?RUNNER_TEMP\}?|\/tmp(?:\/|$))/.test(path);
}

interface Runner {
  readonly what: string;
  readonly place: Place;
}

function firstRunner(steps: readonly Step[]): Runner | undefined {
  for (const step of steps) {
    const runner =
      step.kind === "run"
        ? runnerIn(step.run)
        : step.uses.kind === "local" && step.uses.text.value.startsWith("./")
          ? { what: step.uses.text.value, place: step.uses.text.place }
          : undefined;
    if (runner !== undefined) return runner;
  }
  return undefined;
}

/** The first word of a line, behind variables and `sudo`, that runs what lies in the workspace. */
function runnerIn(script: Text): Runner | undefined {
  for (const part of script.value.split(/[\n;|&]+/)) {
    const words = part.trim().split(/\s+/);
    const program = words.find((word) => !/^(?:[A-Za-z_]\w*=.*|sudo|env|exec|time|if|then|do|!)$/.test(word));
    if (program === undefined || program.startsWith("#")) continue;
    const name = program.split("/").at(-1) ?? program;
    if (/^\.{1,2}\//.test(program) || RUNS_ITS_DIRECTORY.has(name)) return { what: program, place: script.place };
  }
  return undefined;
}

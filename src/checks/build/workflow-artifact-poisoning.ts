import type { Step, Workflow } from "../../engines/pipelines/model.ts";
import { reachOf } from "../knowledge/event-contexts.ts";
import { type DirectoryRunner, runnerIn } from "./pipelines/directory-runners.ts";
import { foreignDownload } from "./pipelines/downloads.ts";
import { stepsJobs } from "./pipelines/uses.ts";
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
      // From the last step on, so that each knows what first runs something behind it.
      let runner: DirectoryRunner | undefined;
      for (const step of job.steps.toReversed()) {
        runner = runnerOf(step) ?? runner;
        const download = foreignDownload(step);
        if (download === undefined || download.isOutside) continue;
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

function runnerOf(step: Step): DirectoryRunner | undefined {
  if (step.kind === "run") return runnerIn(step.run);
  const { text, kind } = step.uses;
  return kind === "local" && text.value.startsWith("./") ? { what: text.value, place: text.place } : undefined;
}

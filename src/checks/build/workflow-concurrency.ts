import type { Concurrency } from "../../engines/pipelines/model.ts";
import { stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Workflows of which any number of runs may go on at once. */
export const workflowConcurrency = workflowCheck({
  name: "workflow-concurrency",
  title: "Workflows without a concurrency limit",
  severity: "low",
  documentation: {
    what: "Checks workflows, and the jobs of those that do not state it, for `concurrency` with `cancel-in-progress`. Not reported: `cancel-in-progress: false`, which somebody decided, and workflows that can only be called by others.",
    why: "Outdated runs use up runners, which an attacker can do on purpose, and two runs at once race for the same artifact, release or deployment.",
    fix: "Set `concurrency` with a `group` of `github.workflow` and `github.ref`, and `cancel-in-progress: true`.",
    references: [
      "https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency",
    ],
  },
  needs: "complete",
  *detect(file) {
    if (file.kind !== "workflow" || file.on.every(({ event }) => event === "workflow_call")) return;
    const fix = "set concurrency with group and cancel-in-progress";
    if (file.concurrency !== undefined) {
      if (!isBare(file.concurrency)) return;
      const title = "The workflow's concurrency does not state cancel-in-progress";
      yield { subject: "workflow", title, place: file.concurrency.place, confidence: "high", fix };
      return;
    }
    const jobs = stepsJobs(file).filter(({ concurrency }) => concurrency === undefined || isBare(concurrency));
    if (jobs.length === 0) return;
    yield {
      subject: "workflow",
      title: `The workflow sets no concurrency limit, and neither ${jobs.length === 1 ? "does its job" : `do ${jobs.length} of its jobs`}`,
      place: file.onPlace,
      related: jobs.map(({ place, concurrency }) => concurrency?.place ?? place),
      confidence: "high",
      fix,
      evidence: {
        jobs: jobs
          .slice(0, SHOWN)
          .map(({ id }) => id)
          .join(", "),
      },
    };
  },
});

/** Jobs that are named in the evidence. */
const SHOWN = 20;

/** A group alone: runs of it wait for each other, and the newest is not the one that goes on. */
function isBare({ cancelInProgress }: Concurrency): boolean {
  return cancelInProgress === undefined;
}

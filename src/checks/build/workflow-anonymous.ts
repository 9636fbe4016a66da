import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Workflows, jobs and actions without a name. */
export const workflowAnonymous = workflowCheck({
  name: "workflow-anonymous",
  title: "Workflows, jobs and actions without a name",
  severity: "low",
  documentation: {
    what: "Checks workflows, their jobs and actions for `name`.",
    why: "What has no name shows in lists of runs, in required checks and in logs by its path or its key: reviewers cannot tell what ran.",
    fix: "Add `name` to the workflow and to each job.",
    references: ["https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#name"],
  },
  needs: "complete",
  *detect(file) {
    const fix = "add name";
    if (file.name === undefined) {
      const [place = file.kind === "workflow" ? file.onPlace : undefined] = [file.place];
      if (place !== undefined) {
        yield { subject: file.kind, title: `The ${file.kind} has no name`, place, confidence: "high", fix };
      }
    }
    if (file.kind !== "workflow") return;
    const nameless = file.jobs.filter(({ name }) => name === undefined);
    const [first, ...more] = nameless;
    if (first === undefined) return;
    yield {
      subject: "jobs",
      title: nameless.length === 1 ? `Job ${first.id} has no name` : `${nameless.length} jobs have no name`,
      place: first.place,
      related: more.map(({ place }) => place),
      confidence: "high",
      fix,
      evidence: {
        jobs: nameless
          .slice(0, SHOWN)
          .map(({ id }) => id)
          .join(", "),
      },
    };
  },
});

/** Jobs that are named in the evidence. */
const SHOWN = 20;

import type { Expression, Matrix, Place, StepsJob, Text } from "../../engines/pipelines/model.ts";
import { isContext, namesOf, soleExpression } from "./pipelines/expressions.ts";
import { stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Jobs on machines of one's own, which keep what one job leaves for the next. */
export const workflowSelfHostedRunner = workflowCheck({
  name: "workflow-self-hosted-runner",
  title: "Jobs on self-hosted runners",
  severity: "medium",
  documentation: {
    what: "Checks `runs-on` for the label `self-hosted`, written or from the matrix, and for runner groups. Severity: medium for a workflow that pull requests start; else low. Not reported: labels that are computed in another way, which the file does not know.",
    why: "A runner that is not made anew for each job keeps what an attacker's pull request leaves on it: the next job, with its secrets, runs beside it, inside of the network that the runner is in.",
    fix: "Use hosted runners for what outsiders can start, or ephemeral (just-in-time) runners, with approval for outside contributors.",
    references: ["https://docs.github.com/en/actions/reference/security/secure-use#hardening-for-self-hosted-runners"],
  },
  needs: "partial",
  *detect(file) {
    if (file.kind !== "workflow") return;
    const outside = file.on.some(({ event }) => OUTSIDE.has(event));
    for (const job of stepsJobs(file)) {
      const found = selfHosted(job);
      if (found === undefined) continue;
      yield {
        subject: `job ${job.id}`,
        title: `Job ${job.id} runs on ${found.says}`,
        place: job.runsOn.place,
        ...(found.from === undefined ? {} : { related: [found.from] }),
        severity: outside ? "medium" : "low",
        confidence: found.certain ? "high" : "low",
        fix: "use a hosted runner, or ephemeral runners with approval for outside contributors",
        evidence: { "runs-on": found.shown },
      };
    }
  },
});

/** What a fork's pull request, or anyone's comment, starts. */
const OUTSIDE: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
  "issue_comment",
  "issues",
  "workflow_run",
]);

interface SelfHosted {
  readonly says: string;
  readonly certain: boolean;
  readonly shown: string;
  readonly from?: Place;
}

function selfHosted({ runsOn: { labels, group }, matrix }: StepsJob): SelfHosted | undefined {
  for (const label of labels.slice(0, LABELS)) {
    if (isLabel(label.value)) return { says: "a self-hosted runner", certain: true, shown: label.value };
    const from = ofMatrix(soleExpression(label)?.tree, matrix);
    if (from !== undefined) {
      return {
        says: "a self-hosted runner for some of its matrix",
        certain: true,
        shown: label.value,
        from: from.place,
      };
    }
  }
  if (group === undefined) return undefined;
  return {
    says: `runners of group ${group.value}, which are self-hosted or larger ones`,
    certain: false,
    shown: group.value,
  };
}

/** Labels of one job that are looked at: a runner has a handful. */
const LABELS = 50;

function isLabel(text: string): boolean {
  return text.trim().toLowerCase() === "self-hosted";
}

/** The matrix's value that is the label; what is excluded is no value. */
function ofMatrix(tree: Expression | undefined, matrix: Matrix | undefined): Text | undefined {
  if (tree === undefined || matrix === undefined || !isContext(tree, "matrix")) return undefined;
  const [name, ...deeper] = namesOf(tree);
  if (name === undefined || deeper.length > 0) return undefined;
  const isNamed = (key: string): boolean => key.toLowerCase() === name;
  const excluded = new Set(
    matrix.exclude
      .filter((fields) => fields.length === 1)
      .flatMap((fields) =>
        fields.flatMap(({ key, value }) => (isNamed(key.value) && value !== undefined ? [value.value] : [])),
      ),
  );
  const values = matrix.axes.filter((axis) => isNamed(axis.name)).flatMap((axis) => axis.values);
  const included = matrix.include.flatMap((fields) =>
    fields.flatMap(({ key, value }) => (isNamed(key.value) && value !== undefined ? [value] : [])),
  );
  return [...values.filter(({ value }) => !excluded.has(value)), ...included].find(({ value }) => isLabel(value));
}

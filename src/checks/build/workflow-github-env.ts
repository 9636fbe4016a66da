import type { GithubFile, RunStep, StepsJob } from "../../engines/pipelines/model.ts";
import { reachOf } from "../knowledge/event-contexts.ts";
import { environmentWrites } from "./pipelines/environment-writes.ts";
import { exposureOf } from "./pipelines/exposure.ts";
import { originsOf, originsOfText } from "./pipelines/origins.ts";
import { offsetOf, placeWithin } from "./pipelines/places.ts";
import { shellOf, stepsOf, whereOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Variables and PATH of later steps, set by what an attacker may have written ("Workflow commands", environment files). */
export const workflowGithubEnv = workflowCheck({
  name: "workflow-github-env",
  title: "Untrusted values written to GITHUB_ENV or GITHUB_PATH",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about how a pipeline runs its steps",
  documentation: {
    what: "Checks scripts of bash, sh, PowerShell, cmd and Python for writes to `$GITHUB_ENV` and `$GITHUB_PATH` in workflows that anyone can start with the repository's token (`pull_request_target`, `workflow_run`, `issue_comment` and the like) and in composite actions. Not reported: `echo` and `printf` of fixed words, other triggers. Severity: high where a value of the event gets into the script, else medium.",
    why: "A line break in the value sets a second variable: with `LD_PRELOAD`, `NODE_OPTIONS` or `BASH_ENV` the next step runs the attacker's code, and with a directory on PATH every command may be theirs.",
    fix: "Hand values on by `$GITHUB_OUTPUT` and read them as `${{ steps.ID.outputs.NAME }}` in `env`; keep to fixed words in `$GITHUB_ENV`, or check the value for line breaks first.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable",
      "https://www.synacktiv.com/publications/github-actions-exploitation-repo-jacking-and-environment-manipulation",
    ],
  },
  needs: "partial",
  applies: (file) => file.kind === "action" || file.on.some(({ event }) => isOutside(event)),
  *detect(file) {
    const trigger = file.kind === "workflow" ? file.on.find(({ event }) => isOutside(event)) : undefined;
    if (file.kind === "workflow" && trigger === undefined) return;
    for (const placed of stepsOf(file)) {
      const { step, job } = placed;
      if (step.kind !== "run") continue;
      const writes = environmentWrites(withFixedWords(step, job, file), shellOf(step, placed).program).filter(
        ({ isFixed }) => !isFixed,
      );
      if (writes.length === 0) continue;
      const isTainted = hasOutsideValue(step, job, file);
      for (const { file: target, offset, written } of writes) {
        yield {
          subject: `${whereOf(placed)}: ${target}`,
          title: `${whereOf(placed)} writes to ${target} what ${isTainted ? "anyone can set" : "may not be fixed"}${trigger === undefined ? "" : `, started by ${trigger.event}`}`,
          severity: isTainted ? "high" : "medium",
          confidence: isTainted ? "medium" : "low",
          place: placeWithin(step.run, offset),
          related: [step.run.place, ...(trigger === undefined ? [] : [trigger.place])],
          fix: "write to $GITHUB_OUTPUT instead and read steps.ID.outputs.NAME, or write fixed words alone",
          evidence: { written },
        };
      }
    }
  },
});

const isOutside = (event: string): boolean => reachOf(event) === "outside";

/** The script with a word of the same length in the place of each expression whose value nobody sets. */
function withFixedWords(step: RunStep, job: StepsJob | undefined, file: GithubFile): string {
  const within = { file, step, ...(job === undefined ? {} : { job }) };
  const { value, expressions } = step.run;
  let script = "";
  let from = 0;
  for (const expression of expressions) {
    const start = offsetOf(step.run, expression);
    const close = start === undefined ? -1 : value.indexOf("}}", start);
    if (start === undefined || close < 0 || expression.tree === undefined) continue;
    if (originsOf(expression.tree, within).some(({ capability }) => capability !== "fixed")) continue;
    // Line ends stay: lines are counted.
    script += value.slice(from, start) + value.slice(start, close + 2).replace(/[^\n]/g, "x");
    from = close + 2;
  }
  return script + value.slice(from);
}

/** Something of the event is in the script, or in a variable that the step has. */
function hasOutsideValue(step: RunStep, job: StepsJob | undefined, file: GithubFile): boolean {
  const within = { file, step, ...(job === undefined ? {} : { job }) };
  const own = [step.run, ...step.env.map(({ value }) => value)];
  return own.some((text) =>
    (text === undefined ? [] : originsOfText(text, within)).some((origin) => {
      const severity = exposureOf(origin, file, job)?.severity;
      return severity === "critical" || severity === "high";
    }),
  );
}

import type { Field, Text } from "../../engines/pipelines/model.ts";
import { stepName, stepsOf, whereOf } from "./pipelines/steps.ts";
import { stepsJobs } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

const SWITCH = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

/** The commands that GitHub turned off in 2020, turned on again (GitHub's changelog, "Deprecating set-env and add-path commands"). */
export const workflowInsecureCommands = workflowCheck({
  name: "workflow-insecure-commands",
  title: "Unsecure workflow commands allowed",
  severity: "high",
  controls: [],
  withoutControl: "none of the ten is about how a pipeline runs its steps",
  documentation: {
    what: `Checks \`env\` of workflows, jobs and steps for \`${SWITCH}\`. Not reported: values other than true. Severity: high, medium where the value is computed, negligible where all of \`env\` is.`,
    why: "With it every line that a program prints may be a command: a file name or a log line with `::set-env name=LD_PRELOAD::…` decides what later steps run.",
    fix: `Remove \`${SWITCH}\`, and write to \`$GITHUB_ENV\` and \`$GITHUB_PATH\` instead of printing \`::set-env\` and \`::add-path\`.`,
    references: [
      "https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/",
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files",
    ],
  },
  needs: "partial",
  *detect(file) {
    const scopes: (EnvironmentScope & { readonly about: string })[] = [
      ...(file.kind === "workflow" ? [{ ...file, about: "workflow" }] : []),
      ...stepsJobs(file).map((job) => ({ ...job, about: `job ${job.id}` })),
      ...[...stepsOf(file)].map((placed) => ({
        ...placed.step,
        about: `${whereOf(placed)}, step ${stepName(placed.step)}`,
      })),
    ];
    for (const { about, env, envComputed } of scopes) {
      if (envComputed !== undefined) {
        yield {
          subject: `${about}: env`,
          title: `env of ${about} is computed as a whole, and may set ${SWITCH}`,
          severity: "negligible",
          confidence: "low",
          place: envComputed.place,
          fix: "write the variables one by one",
        };
      }
      for (const { key, value, place } of env) {
        // Windows has variables without case, and the runner takes any value that .NET reads as true.
        if (key.value.toUpperCase() !== SWITCH || value === undefined) continue;
        const isComputed = value.expressions.length > 0;
        if (!isComputed && value.value.trim().toLowerCase() !== "true") continue;
        yield {
          subject: about,
          title: `${SWITCH} ${isComputed ? "may be" : "is"} set in ${about}: printed lines can set variables and PATH`,
          ...(isComputed ? ({ severity: "medium", confidence: "low" } as const) : ({ confidence: "high" } as const)),
          place,
          fix: `remove ${SWITCH}; write to $GITHUB_ENV and $GITHUB_PATH`,
        };
      }
    }
  },
});

interface EnvironmentScope {
  readonly env: readonly Field[];
  readonly envComputed?: Text;
}

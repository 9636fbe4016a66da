import { isAction, shellOf, stepsOf, whereOf } from "./pipelines/steps.ts";
import { inputOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** Shells that GitHub's "Workflow syntax" lists. */
const KNOWN_SHELLS = new Set(["bash", "sh", "pwsh", "powershell", "python", "cmd"]);

/** Features that are hard to use safely. */
export const workflowMisfeature = workflowCheck({
  name: "workflow-misfeature",
  title: "Workflow features that cannot be checked",
  severity: "low",
  documentation: {
    what: "Checks for `pip-install` of actions/setup-python, `shell: cmd`, and shells that GitHub does not list. Not reported: shells that are computed. Severity: low, negligible for shells that are not listed.",
    why: "`pip-install` puts packages without a lockfile into the interpreter that all later steps share. cmd has no way to quote a variable safely, and neither it nor unknown shells can be read by a check.",
    fix: "Install from a lockfile into a virtual environment; use `shell: pwsh` or `shell: bash`.",
    references: [
      "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell",
      "https://github.com/actions/setup-python/issues/1201",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const placed of stepsOf(file)) {
      const { step } = placed;
      const where = whereOf(placed);
      if (step.kind === "uses") {
        const packages = isAction(step.uses, "actions/setup-python") ? inputOf(step.with, "pip-install") : undefined;
        if (packages === undefined) continue;
        yield {
          subject: `${where}: pip-install`,
          title: `setup-python of ${where} installs ${packages.value} without a lockfile into the shared interpreter`,
          place: packages.place,
          fix: "install in a step of its own: python -m venv .venv and .venv/bin/pip install --require-hashes -r requirements.txt",
          confidence: "high",
        };
        continue;
      }
      const { program, stated } = shellOf(step, placed);
      if (program === undefined || stated === undefined || (KNOWN_SHELLS.has(program) && program !== "cmd")) continue;
      yield {
        subject: `${where}: shell ${program}`,
        title: `${where} runs scripts by ${program}, which checks cannot read`,
        ...(program === "cmd" ? {} : ({ severity: "negligible" } as const)),
        place: stated.place,
        related: [step.place],
        fix: "use shell: pwsh or shell: bash",
        confidence: "high",
      };
    }
  },
});

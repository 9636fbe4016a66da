import type { Step, Text, UsesStep } from "../../engines/pipelines/model.ts";
import { stepName, whereOf } from "./pipelines/steps.ts";
import { booleanOf, inputOf, isOneOf, stepListsOf } from "./pipelines/uses.ts";
import { workflowCheck } from "./pipelines/workflow-check.ts";

/** `actions/checkout` leaves the job's token on the disk unless it is told not to. */
export const workflowCheckoutCredentials = workflowCheck({
  name: "workflow-checkout-credentials",
  title: "Checkouts that leave the token on disk",
  severity: "high",
  withoutControl: "none of the ten is about pipelines",
  documentation: {
    what: "Checks every `actions/checkout` for `persist-credentials: false`. Severity: high where a later step of the job uploads the whole workspace with its hidden files as an artifact, so that the token is in it (medium from version 6 on, which keeps it outside of the workspace); else medium (low from version 6 on); low where it is set to true or by an expression, which somebody decided.",
    why: "Git keeps the job's token in its configuration: every later step and every dependency's script can read it, and an artifact of the workspace hands it to whoever downloads that.",
    fix: "Set `persist-credentials: false`; where a later step pushes, give that step the token.",
    references: [
      "https://github.com/actions/checkout#usage",
      "https://unit42.paloaltonetworks.com/github-repo-artifacts-leak-tokens/",
    ],
  },
  needs: "partial",
  *detect(file) {
    for (const { job, steps } of stepListsOf(file)) {
      const upload = steps.findLast(isUploadOfWorkspace);
      const where = whereOf(job === undefined ? {} : { job });
      for (const step of steps) {
        if (step.kind !== "uses" || !isOneOf(step.uses, "actions/checkout")) continue;
        if (step.withComputed !== undefined) {
          yield {
            subject: "checkouts that an expression decides",
            title: "An expression decides whether the token stays on disk after a checkout",
            place: step.withComputed.place,
            severity: "low",
            confidence: "low",
            fix: "write with.persist-credentials: false out",
            evidence: { with: step.withComputed.value },
          };
          continue;
        }
        const stated = inputOf(step.with, "persist-credentials");
        if (booleanOf(stated) === false) continue;
        const leak = upload !== undefined && upload.index > step.index ? upload : undefined;
        const decided = booleanOf(stated) === true || (stated?.expressions.length ?? 0) > 0;
        const later = isSixOrLater(step);
        const [grave, usual] = later ? (["medium", "low"] as const) : (["high", "medium"] as const);
        yield {
          subject:
            leak !== undefined
              ? `${where}: ${stepName(step)}`
              : decided
                ? "checkouts that are told to keep the token"
                : "checkouts",
          title:
            leak !== undefined
              ? "The token of a checkout may be uploaded with an artifact"
              : `The token stays on disk after ${stated === undefined ? "the checkout" : `a checkout with persist-credentials: ${stated.value}`}`,
          place: step.place,
          related: leak === undefined ? [] : [leak.place],
          severity: leak !== undefined ? grave : decided ? "low" : usual,
          confidence: leak !== undefined ? "high" : "low",
          fix: "set with.persist-credentials: false",
          evidence: { uses: step.uses.text.value, "persist-credentials": stated?.value ?? "not set" },
        };
      }
    }
  },
});

/** From version 6 on the token is under RUNNER_TEMP. A commit's version is not known; a comment proves nothing. */
function isSixOrLater({ uses }: UsesStep): boolean {
  const [, major = "0"] = /^v?([0-9]{1,9})(?:\.|$)/.exec(uses.kind === "repository" ? (uses.ref ?? "") : "") ?? [];
  return uses.kind === "repository" && uses.refKind === "symbolic" && Number(major) >= 6;
}

/** Since its versions 4.4 and 3.2 the action leaves out hidden files, `.git` among them, where it is not told to take them. */
function isUploadOfWorkspace(step: Step): boolean {
  if (step.kind !== "uses" || !isOneOf(step.uses, "actions/upload-artifact")) return false;
  const hidden = inputOf(step.with, "include-hidden-files");
  if (hidden === undefined || booleanOf(hidden) === false) return false;
  return pathsOf(inputOf(step.with, "path")).some((path) => WHOLE.test(path));
}

/** The workspace itself, or all of it: what `.git` is in. */
const WHOLE =
  /^(?:\.{1,2}\/?|(?:\.\/)?\*\*?(?:\/\*)?|\$\{\{\s*github\.workspace\s*\}\}(?:\/?|\/\*\*?)|\.git(?:\/.*)?)$/i;

function pathsOf(text: Text | undefined): string[] {
  return (text?.value ?? "")
    .split("\n")
    .map((path) => path.trim())
    .filter((path) => path !== "");
}

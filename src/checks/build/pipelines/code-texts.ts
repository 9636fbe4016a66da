/** Texts of a file that are run as code: scripts of any shell, and inputs of actions that are. */
import type { GithubFile, Step, StepsJob, Text } from "../../../engines/pipelines/model.ts";
import { codeInputsOf } from "../../knowledge/code-inputs.ts";
import { actionName, stepsOf } from "./steps.ts";
import { inputOf } from "./uses.ts";

export interface CodeText {
  readonly text: Text;
  /** `run`, or `script of actions/github-script`. */
  readonly what: string;
  readonly step: Step;
  readonly job?: StepsJob;
}

export function codeTextsOf(file: GithubFile): CodeText[] {
  return [...stepsOf(file)].flatMap(({ step, job }): CodeText[] => {
    const within = { step, ...(job === undefined ? {} : { job }) };
    if (step.kind === "run") return [{ text: step.run, what: "run", ...within }];
    const name = actionName(step.uses);
    return codeInputsOf(name.toLowerCase()).flatMap((input) => {
      const text = inputOf(step.with, input);
      return text === undefined ? [] : [{ text, what: `${input} of ${name}`, ...within }];
    });
  });
}

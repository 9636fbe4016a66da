/** Steps that publish, deploy, or log in to where that is done. */
import type { Place, RunningJob, RunningStep, Step, Text } from "../../../engines/pipelines/model.ts";
import { DEPLOYING_ACTIONS, DEPLOYING_COMMANDS } from "../../knowledge/deployments.ts";
import { publisherOf } from "./publishing.ts";
import { actionName } from "./steps.ts";

export interface Delivery {
  /** The action, or the command's first words. */
  readonly by: string;
  readonly place: Place;
}

/** The first such step of a job. @param counts - of which steps it may be */
export function deliveryOf(
  { steps }: Pick<RunningJob, "steps">,
  counts: (step: RunningStep) => boolean = () => true,
): Delivery | undefined {
  for (const one of steps) {
    const by = counts(one) ? (publisherOf(one.step) ?? deployerOf(one.step)) : undefined;
    const { step } = one;
    if (by !== undefined) return { by, place: step.kind === "run" ? step.run.place : step.uses.text.place };
  }
  return undefined;
}

function deployerOf(step: Step): string | undefined {
  if (step.kind === "run") return deployingCommand(step.run);
  const name = actionName(step.uses);
  return DEPLOYING_ACTIONS.has(name.toLowerCase()) ? name : undefined;
}

function deployingCommand({ value }: Text): string | undefined {
  for (const line of value.split("\n")) {
    const words = ` ${line.trim().split(/\s+/).join(" ")} `;
    if (words.startsWith(" #") || /\s--dry-run(?:=\S*)?\s/.test(words)) continue;
    const found = DEPLOYING_COMMANDS.find((command) => words.includes(` ${command} `));
    if (found !== undefined) return found;
  }
  return undefined;
}

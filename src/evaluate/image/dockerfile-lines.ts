/**
 * On which line of which Dockerfile a step of an image's history is written. Builders write the steps down without the
 * file's name, so a Dockerfile is taken for an image's only where the steps at the end of the history are the
 * instructions of its last stage, each in its place, and no other Dockerfile fits as well.
 */

import type { LayerReference } from "../../core/location.ts";
import type { Dockerfile, Instruction, Stage } from "../../engines/dockerfile/model.ts";
import type { HistoryStep } from "../../engines/oci/model.ts";
import { bounds } from "./bounds.ts";
import { type ExpectedStep, expectedStep, readStep } from "./history-steps.ts";

/** The line of each step whose line is known, by its index in the history. */
export type StepLines = ReadonlyMap<number, NonNullable<LayerReference["dockerfile"]>>;

export type StepLineLookup = (history: readonly Pick<HistoryStep, "createdBy">[]) => StepLines;

const none: StepLines = new Map();

/** @param dockerfiles - of the tree, each under its path there */
export function stepLinesIn(dockerfiles: readonly Dockerfile[]): StepLineLookup {
  const candidates = dockerfiles.flatMap((dockerfile) => {
    const steps = lastStageOf(dockerfile);
    return steps === undefined ? [] : [{ path: dockerfile.path, steps }];
  });
  return (history) => {
    if (candidates.length === 0) return none;
    const told = history.map(({ createdBy }) => readStep(createdBy));
    let best: StepLines = none;
    let isOnlyOne = true;
    for (const { path, steps } of candidates) {
      const lines = aligned(steps, told, path);
      if (lines === undefined || lines.size < best.size) continue;
      isOnlyOne = lines.size > best.size;
      best = lines;
    }
    return isOnlyOne ? best : none;
  };
}

/**
 * Its instructions in order, those of the stages that it is built on before its own; undefined where one is broken, or
 * they are over the bound.
 */
function lastStageOf({ stages }: Dockerfile): ExpectedStep[] | undefined {
  let instructions: Instruction[] = [];
  for (let stage = stages.at(-1); stage !== undefined; stage = baseOf(stage, stages)) {
    instructions = [...stage.instructions, ...instructions];
    if (instructions.length > bounds.stageInstructions) return undefined;
  }
  if (instructions.some(({ keyword }) => keyword === "broken")) return undefined;
  return instructions.map(expectedStep);
}

function baseOf({ index, from: { origin } }: Stage, stages: readonly Stage[]): Stage | undefined {
  return origin.kind === "stage" && origin.index < index ? stages[origin.index] : undefined;
}

/** From the end: below the Dockerfile's own steps are those of its base image. */
function aligned(
  steps: readonly ExpectedStep[],
  told: readonly ReturnType<typeof readStep>[],
  path: string,
): StepLines | undefined {
  const lines = new Map<number, { path: string; line: number }>();
  let tells = false;
  let at = told.length - 1;
  for (let n = steps.length - 1; n >= 0; ) {
    const expected = steps[n] as ExpectedStep;
    const step = told[at];
    if (step !== undefined && expected.fits(step)) {
      lines.set(at, { path, line: expected.line });
      tells ||= expected.tells;
      at -= 1;
      n -= 1;
    } else if (expected.mayLack) n -= 1;
    // `docker build --label` adds a step that no file has.
    else if (lines.size === 0 && step?.keyword === "LABEL") at -= 1;
    else return undefined;
  }
  return tells ? lines : undefined;
}

/** `--image` and `--dockerfile`: whose the programs are that alerts are about. */
import type { Command } from "commander";
import { usageProblem } from "../../core/problem.ts";
import type { ProgramLookup } from "../../scan/runtime.ts";
import type { EvaluationContext } from "../evaluation.ts";
import { collect } from "../options.ts";

export interface ProgramOptions {
  readonly image: readonly string[];
  readonly dockerfile: readonly string[];
}

/** Adds them to the command's data. */
export function withImages(command: Command): Command {
  return command
    .optionsGroup("Data:")
    .option(
      "--image <reference>",
      "image that containers ran, as for `image scan`: alerts name the package and layer of the program; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--dockerfile <file>",
      "Dockerfile of an --image, to name the line as well; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("");
}

/** What reads images is loaded where one is named. @throws Problem where an image or a Dockerfile cannot be read */
export async function programsOf(
  { image, dockerfile }: ProgramOptions,
  context: EvaluationContext,
): Promise<ProgramLookup | undefined> {
  if (image.length === 0) {
    if (dockerfile.length > 0) throw usageProblem("--dockerfile", "--dockerfile is of an image", "--image IMAGE");
    return undefined;
  }
  const { imagePrograms } = await import("../../joins/loaded/alert-programs.ts");
  return await imagePrograms(image, dockerfile, context);
}

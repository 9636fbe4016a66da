/** Commands that run what they find in their directory. */
import type { Place, Text } from "../../../engines/pipelines/model.ts";
import { RUNS_ITS_DIRECTORY } from "../../knowledge/artifact-downloads.ts";

export interface DirectoryRunner {
  readonly what: string;
  readonly place: Place;
}

/** The first word of a line, behind variables and `sudo`, that runs what lies in the workspace. */
export function runnerIn(script: Text): DirectoryRunner | undefined {
  for (const part of script.value.split(/[\n;|&]+/)) {
    const words = part.trim().split(/\s+/);
    const program = words.find((word) => !/^(?:[A-Za-z_]\w*=.*|sudo|env|exec|time|if|then|do|!)$/.test(word));
    if (program === undefined || program.startsWith("#")) continue;
    const name = program.split("/").at(-1) ?? program;
    if (/^\.{1,2}\//.test(program) || RUNS_ITS_DIRECTORY.has(name)) return { what: program, place: script.place };
  }
  return undefined;
}

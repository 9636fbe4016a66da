import { readLearnedFile } from "../collect/runtime/learned-file.ts";
import { type LearnedJoin, learnedJoin } from "../joins/loaded/lookup.ts";

export interface LearnedOptions {
  /** A file that `runtime learn` wrote. */
  readonly learned?: string;
}

/** @throws Problem (usage) where there is no such file, or it is none of `runtime learn` */
export function openLearned(file: string): LearnedJoin {
  return learnedJoin(readLearnedFile(file), file);
}

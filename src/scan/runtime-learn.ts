/** What workloads did, learned from recordings; and files of what was learned, merged. */
import { readEventFile } from "../collect/runtime/event-files.ts";
import { readLearnedFile } from "../collect/runtime/learned-file.ts";
import { isEvidenceProblem, type Problem, usageProblem } from "../core/problem.ts";
import { bounds } from "../engines/events/learn/bounds.ts";
import { createLearning } from "../engines/events/learn/collect.ts";
import { mergeLearned } from "../engines/events/learn/merge.ts";
import type { Learned } from "../engines/events/learn/model.ts";

export interface LearnFilesOptions {
  /** Hours that a workload is to be watched for. */
  readonly hours: number;
  readonly onProgress?: (name: string, done: number, total: number | undefined) => void;
}

export interface LearnedFiles {
  readonly learned: Learned;
  readonly events: number;
  /** Of recordings that end in the middle: what was read of them is learned, and is not complete. */
  readonly problems: readonly Problem[];
}

/**
 * @param names - recordings of system calls: captures, frames, lines; or `-`
 * @throws Problem (usage) where there is no such file
 */
export async function learnFiles(
  names: readonly string[],
  { hours, onProgress }: LearnFilesOptions,
): Promise<LearnedFiles> {
  const all: Learned[] = [];
  const problems: Problem[] = [];
  let events = 0;
  for (const name of names) {
    const learning = createLearning({ hours });
    const ignored = { event: () => undefined, alert: () => undefined, passed: () => undefined, lost: () => undefined };
    try {
      await readEventFile(
        name,
        { syscalls: () => learning.sink, notices: learning.notices, audits: () => ignored, alerts: () => ignored },
        (done, total) => onProgress?.(name, done, total),
      );
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      problems.push(error);
      learning.sink.lost("the rest of a recording that could not be read", 1);
    }
    events += learning.events;
    all.push(learning.finish());
  }
  return { learned: mergeLearned(all, hours), events, problems };
}

/**
 * @param hours - absent: as the files say
 * @throws Problem where one cannot be read: of a file that somebody named, half is none
 */
export function mergeLearnedFiles(names: readonly string[], hours?: number): Learned {
  if (names.length > bounds.mergedFiles) throw usageProblem("runtime learn merge", `over ${bounds.mergedFiles} files`);
  return mergeLearned(names.map(readLearnedFile), hours);
}

/** Files that `runtime learn` wrote. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { asProblem, Problem, usageProblem } from "../../core/problem.ts";
import { bounds } from "../../engines/events/learn/bounds.ts";
import type { Learned } from "../../engines/events/learn/model.ts";
import { readLearned } from "../../engines/events/learn/read.ts";

/** @throws Problem (usage) where there is no such file, `learned.broken` */
export function readLearnedFile(name: string): Learned {
  let bytes: Buffer;
  try {
    const file = openSync(name, "r");
    try {
      const { size } = fstatSync(file);
      if (size > bounds.fileBytes) throw usageProblem(name, `over ${bounds.fileBytes} bytes`);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const problem = asProblem(error, name);
    if (problem instanceof Problem && problem.code === "collect.io") throw usageProblem(name, problem.message);
    throw problem;
  }
  return readLearned(bytes, name);
}

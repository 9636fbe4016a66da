/** The pipelines of a tree. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem } from "../../core/problem.ts";
import type { Pipeline } from "../../engines/pipelines/model.ts";
import { readPipeline } from "../../engines/pipelines/read.ts";
import { pipelineSystem } from "../../engines/pipelines/system.ts";
import { bounds } from "./bounds.ts";

export interface ReadPipelines {
  /** Relative to the root; also of those that could not be read. */
  readonly paths: readonly string[];
  readonly pipelines: readonly Pipeline[];
  readonly gaps: readonly Gap[];
}

/** @param paths - relative to the root */
export function readPipelines(root: string, paths: readonly string[]): ReadPipelines {
  const gaps: Gap[] = [];
  const pipelines: Pipeline[] = [];
  for (const path of paths.slice(0, bounds.pipelines)) {
    try {
      pipelines.push(readPipeline(path, readFileSync(join(root, path), "utf8"), pipelineSystem(path) ?? "github"));
    } catch (error) {
      const problem = asProblem(error, path);
      if (!isEvidenceProblem(problem)) throw problem;
      gaps.push(gapOf(problem));
    }
  }
  if (paths.length > bounds.pipelines) {
    gaps.push({ code: "pipelines.bound", reason: `more than ${bounds.pipelines} pipelines` });
  }
  return { paths, pipelines, gaps };
}

/** GitHub's files of a tree made over in memory: every change that is proven. */
import type { ReadPipelines } from "../collect/tree/pipelines.ts";
import { readGithubFile } from "../engines/pipelines/github/read.ts";
import type { GithubFile, ReadGithubFile } from "../engines/pipelines/model.ts";
import { evaluateGithubFile, type WorkflowContext } from "../evaluate/build/workflows.ts";
import { type FixedPipeline, fixPipeline } from "../fix/pipelines/fixes.ts";
import type { Pins } from "../fix/pipelines/source.ts";

export interface PipelineFixes {
  /** The files as they would be. */
  readonly read: ReadPipelines;
  readonly files: readonly FixedPipeline[];
  /** Files that are not UTF-8, which are left alone. */
  readonly lossy: readonly string[];
}

export interface PipelineFixesContext extends WorkflowContext {
  /** What is likely right is made as well as what is safe. */
  readonly unsafe: boolean;
  /** What references point to; absent where nobody was asked. */
  readonly pins?: Pins;
}

/** Nothing is written. */
export function fixPipelines(read: ReadPipelines, context: PipelineFixesContext): PipelineFixes {
  const others = new Map(read.github.flatMap((one) => (one.state === "read" ? [[one.path, one.file] as const] : [])));
  const other = (path: string): GithubFile | undefined => {
    const file = others.get(path);
    return file?.kind === "dependabot" ? undefined : file;
  };
  const files: FixedPipeline[] = [];
  const github = read.github.map((one): ReadGithubFile => {
    if (one.state === "unread" || one.lossy) return one;
    const fixed = fixPipeline(one.path, one.text, {
      unsafe: context.unsafe,
      other,
      ...(context.pins === undefined ? {} : { pins: context.pins }),
      lint(text) {
        const file = readGithubFile(one.file.path, text);
        return { file, evaluations: evaluateGithubFile(file, context) };
      },
    });
    files.push(fixed);
    return { ...one, text: fixed.after, file: readGithubFile(one.file.path, fixed.after) };
  });
  const lossy = read.github.flatMap((one) => (one.state === "read" && one.lossy ? [one.path] : []));
  return { read: { ...read, github }, files, lossy };
}

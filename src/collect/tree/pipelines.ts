/** Files of a tree that configure continuous integration. */
import { readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../core/problem.ts";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import { gatePipeline } from "../../engines/pipelines/github/gate.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import type { Pipeline, ReadGithubFile } from "../../engines/pipelines/model.ts";
import { readPipeline } from "../../engines/pipelines/read.ts";
import { mayBeAction, type PipelineKind, pipelineKind } from "../../engines/pipelines/system.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";
import { bounds } from "./bounds.ts";

export interface ReadPipelines {
  /** Of pipelines, relative to the root; also of those that could not be read. */
  readonly paths: readonly string[];
  /** What runs in GitHub's workflows and GitLab's pipelines: what is asked for gates. */
  readonly pipelines: readonly Pipeline[];
  /** GitHub's files, in the order of the paths. */
  readonly github: readonly ReadGithubFile[];
  /** Why `pipelines` is not all of them. */
  readonly gaps: readonly Gap[];
}

/**
 * GitHub's workflows, the metadata of its actions and Dependabot's options, and what gates ask of GitLab's files. Files that
 * are called as actions are and run nothing are other programs'.
 *
 * @param paths - relative to the root
 */
export function readPipelines(root: string, paths: readonly string[]): ReadPipelines {
  const gaps: Gap[] = [];
  const pipelines: Pipeline[] = [];
  const github: ReadGithubFile[] = [];
  const named: string[] = [];
  for (const path of paths.slice(0, bounds.pipelines)) {
    const kind = pipelineKind(path.replaceAll(sep, "/")) ?? "workflow";
    if (kind === "workflow" || kind === "gitlab") named.push(path);
    if (kind === "gitlab") {
      const gap = gapOfReading(path, () => pipelines.push(readPipeline(path, textOf(root, path).text, "gitlab")));
      if (gap !== undefined) gaps.push(gap);
      continue;
    }
    const read = readGithub(root, path, kind);
    if (read === undefined) continue;
    github.push(read);
    if (kind !== "workflow") continue;
    if (read.state === "unread") gaps.push(read.gap);
    else if (read.file.kind === "workflow") {
      pipelines.push(gatePipeline(read.file));
      gaps.push(...unreadGaps(read.file.unread));
    }
  }
  if (paths.length > bounds.pipelines) {
    gaps.push({ code: "pipelines.bound", reason: `more than ${bounds.pipelines} pipelines` });
  }
  return { paths: named, pipelines, github, gaps };
}

/**
 * One of GitHub's files; undefined where it has the name of an action's and is something else.
 *
 * @param path - relative to the root
 */
export function readGithub(
  root: string,
  path: string,
  kind: Exclude<PipelineKind, "gitlab">,
): ReadGithubFile | undefined {
  let read: ReadGithubFile | undefined;
  const gap = gapOfReading(path, () => {
    const { text, lossy } = textOf(root, path);
    if (kind === "action" && !mayBeAction(text)) return;
    read = { state: "read", path, text, lossy, file: readGithubFile(path.replaceAll(sep, "/"), text) };
  });
  return gap === undefined ? read : { state: "unread", path, kind, gap };
}

function gapOfReading(path: string, read: () => void): Gap | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    const problem = asProblem(error, path);
    if (!isEvidenceProblem(problem)) throw problem;
    return gapOf(problem);
  }
}

function textOf(root: string, path: string): { text: string; lossy: boolean } {
  const file = join(root, path);
  const { size } = statSync(file);
  // A character has three bytes at most, but for those of two units.
  if (size > 3 * pipelineBounds.pipelineBytes) {
    const cause = `${size} bytes exceed the limit of ${3 * pipelineBounds.pipelineBytes}`;
    throw new Problem({ kind: "input", code: "pipelines.broken", place: path, cause });
  }
  const bytes = readFileSync(file);
  try {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes), lossy: false };
  } catch {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), lossy: true };
  }
}

/** Files of a tree that configure continuous integration. */

import { readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { append } from "../../core/append.ts";
import { someOf } from "../../core/counted.ts";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../core/problem.ts";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import type { ForeignPipeline } from "../../engines/pipelines/foreign.ts";
import { gatePipeline } from "../../engines/pipelines/github/gate.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { gitlabGates } from "../../engines/pipelines/gitlab/gate.ts";
import type { Pipeline, ReadGithubFile, ReadGitlab } from "../../engines/pipelines/model.ts";
import type { ScannerFile } from "../../engines/pipelines/scanner-settings.ts";
import { mayBeAction, type PipelineKind, pipelineKind, pipelineKindOf } from "../../engines/pipelines/system.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";
import { bounds } from "./bounds.ts";
import { readGitlab } from "./gitlab.ts";
import { readScannerFiles } from "./scanner-files.ts";
import { readBoundedText } from "./text-file.ts";

/** Files of one system that a gap names. */
const NAMED = 3;

export interface ReadPipelines {
  /** Of pipelines, relative to the root; also of those that could not be read. */
  readonly paths: readonly string[];
  /** What runs in GitHub's workflows and GitLab's pipelines: what is asked for gates. */
  readonly pipelines: readonly Pipeline[];
  /** GitHub's files, in the order of the paths. */
  readonly github: readonly ReadGithubFile[];
  /** GitLab's pipelines, as for GitHub's; what one includes is part of it. */
  readonly gitlab: readonly ReadGitlab[];
  /** Why `pipelines` is not all of them. */
  readonly gaps: readonly Gap[];
  /** Those of `gaps` that are about systems of which no file is read. */
  readonly foreign: readonly Gap[];
  /** By which their scanners are configured. */
  readonly scannerFiles: ReadonlyMap<string, ScannerFile>;
}

/**
 * GitHub's workflows, the metadata of its actions and Dependabot's options, and what gates ask of GitLab's files. Files that
 * are called as actions are and run nothing are other programs'.
 *
 * @param paths - relative to the root
 * @param others - what there is beside them, of other systems
 */
export function readPipelines(
  root: string,
  paths: readonly string[],
  others: readonly ForeignPipeline[] = [],
): ReadPipelines {
  const foreign = foreignGaps(others);
  const gaps: Gap[] = [...foreign];
  const pipelines: Pipeline[] = [];
  const github: ReadGithubFile[] = [];
  const named: string[] = [];
  const gitlabPaths: string[] = [];
  for (const path of readPaths(paths)) {
    const kind = kindOf(root, path);
    if (kind === "gitlab") {
      gitlabPaths.push(path);
      continue;
    }
    if (kind === "workflow") named.push(path);
    const read = readGithub(root, path, kind);
    if (read === undefined) continue;
    github.push(read);
    if (kind !== "workflow") continue;
    if (read.state === "unread") gaps.push(read.gap);
    else if (read.file.kind === "workflow") {
      pipelines.push(gatePipeline(read.file));
      append(gaps, unreadGaps(read.file.unread));
    }
  }
  const gitlab = readGitlab(root, gitlabPaths);
  for (const read of gitlab) {
    // What others include is no pipeline by itself.
    if (read.state === "read" && read.pipeline.fragment) continue;
    named.push(read.path);
    if (read.state === "unread") gaps.push(read.gap);
    else {
      pipelines.push(gitlabGates(read.pipeline));
      gaps.push(...unreadGaps(read.pipeline.unread), ...unreadGaps(read.pipeline.unreadScripts, "pipelines.script"));
    }
  }
  if (paths.length > bounds.pipelines) {
    gaps.push({ code: "pipelines.bound", reason: `more than ${bounds.pipelines} pipelines` });
  }
  return { paths: named, pipelines, github, gitlab, gaps, foreign, scannerFiles: readScannerFiles(root, pipelines) };
}

/** What they run nobody knows, so that nothing is missing for its absence from those that are read: a gap for each system. */
export function foreignGaps(others: readonly ForeignPipeline[]): Gap[] {
  return [...Map.groupBy(others, ({ system }) => system)].map(([system, own]) => ({
    code: "pipelines.foreign",
    reason: `what ${system} runs was not read: ${someOf(own, NAMED, ({ path }) => path)}`,
  }));
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

/** Those that are read: whoever reads some of them beside {@link readPipelines} leaves out what it leaves out. */
export function readPaths(paths: readonly string[]): readonly string[] {
  return paths.slice(0, bounds.pipelines);
}

/** What a file is by its path, or, where it was named by hand, by its text. @param path - relative to the root */
export function kindOf(root: string, path: string): PipelineKind {
  return pipelineKind(path.replaceAll(sep, "/")) ?? kindByText(root, path);
}

function kindByText(root: string, path: string): PipelineKind {
  const text = readBoundedText(join(root, path), 3 * pipelineBounds.pipelineBytes);
  return (text === undefined ? undefined : pipelineKindOf(text)) ?? "workflow";
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

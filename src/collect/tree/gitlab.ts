/** GitLab's pipelines of a tree, each with what it includes of the same tree. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { gapOf } from "../../core/evidence.ts";
import { compileGlob } from "../../core/glob.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../core/problem.ts";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import { localPath } from "../../engines/pipelines/gitlab/files.ts";
import { type GitlabTree, readGitlabPipeline } from "../../engines/pipelines/gitlab/read.ts";
import type { GitlabPipeline, ReadGitlab } from "../../engines/pipelines/model.ts";
import { isGitlabRoot } from "../../engines/pipelines/system.ts";
import { bounds } from "./bounds.ts";
import { readBoundedText } from "./text-file.ts";

/**
 * What a pipeline includes is part of it and no file of its own: those that GitLab begins with are read first. Child pipelines
 * are read as pipelines, behind the one that starts them.
 *
 * @param paths - relative to the root
 */
export function readGitlab(root: string, paths: readonly string[]): ReadGitlab[] {
  const tree = treeOf(root);
  const included = new Set<string>();
  const read = new Map<string, ReadGitlab>();
  const add = (path: string, parent?: GitlabPipeline): void => {
    const name = path.replaceAll(sep, "/");
    if (included.has(name) || read.has(path) || read.size >= bounds.pipelines) return;
    const one = readOne(path, name, tree, parent);
    read.set(path, one);
    if (one.state === "unread") return;
    for (const file of one.pipeline.files) included.add(file.path);
    for (const child of childrenOf(one.pipeline)) add(child, one.pipeline);
  };
  for (const path of [...paths].sort((one, other) => Number(isGitlabRoot(other)) - Number(isGitlabRoot(one))))
    add(path);
  return [...read.values()];
}

/** Files of the same project; those that a variable names are told where the pipeline is evaluated. */
function childrenOf({ jobs, folder }: GitlabPipeline): string[] {
  return jobs.flatMap(({ trigger }) =>
    (trigger?.includes ?? []).flatMap((include) =>
      include.kind === "local" ? (localPath(folder, include.local.value) ?? []) : [],
    ),
  );
}

function readOne(path: string, name: string, tree: GitlabTree, parent: GitlabPipeline | undefined): ReadGitlab {
  try {
    const text = tree.read(name);
    if (text === undefined) throw unreadable(name, "no file within the scanned directory");
    return { state: "read", path, pipeline: readGitlabPipeline(name, text, tree, parent) };
  } catch (error) {
    const problem = asProblem(error, path);
    if (!isEvidenceProblem(problem)) throw problem;
    return { state: "unread", path, gap: gapOf(problem) };
  }
}

/** Nothing outside of the root is read, whatever links lead there. */
function treeOf(root: string): GitlabTree {
  const top = realpathSync(root);
  const within = (path: string): string | undefined => {
    try {
      const real = realpathSync(join(root, path));
      return real.startsWith(top.endsWith(sep) ? top : top + sep) && statSync(real).isFile() ? real : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    read(path) {
      const file = within(path);
      if (file === undefined) return undefined;
      // A character has three bytes at most, but for those of two units.
      const text = readBoundedText(file, 3 * pipelineBounds.pipelineBytes);
      if (text === undefined) throw unreadable(path, "it is no UTF-8, exceeds the limit, or cannot be read");
      return text;
    },
    match: (pattern) => matching(root, pattern),
  };
}

/** Files below the folder that stands before the pattern's first wildcard; links are not followed. */
function matching(root: string, pattern: string): string[] {
  const matches = compileGlob(pattern);
  const fixed = pattern.slice(0, pattern.search(/[*?]/));
  const pending = [fixed.slice(0, fixed.lastIndexOf("/") + 1)];
  const found: string[] = [];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of listed(join(root, folder))) {
      entries += 1;
      if (entries > bounds.gitlabEntries)
        throw unreadable(pattern, `more than ${bounds.gitlabEntries} entries to look at`);
      const path = folder + entry.name;
      if (entry.isDirectory()) {
        if (entry.name !== ".git" && entry.name !== "node_modules") pending.push(`${path}/`);
      } else if (entry.isFile() && /\.ya?ml$/.test(entry.name) && matches(path)) found.push(path);
    }
  }
  return found.sort();
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function unreadable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "pipelines.broken", place, cause });
}

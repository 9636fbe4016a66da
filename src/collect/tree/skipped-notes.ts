/** What of a folder was not looked at, or not for everything: one line each, with a count. */

import { basename } from "node:path";
import { someOf } from "../../core/counted.ts";
import type { Discovery } from "./discover.ts";

/** Paths that a note names. */
const NAMED = 5;

export function skippedNotes({ links, skipped }: Pick<Discovery, "links" | "skipped">): string[] {
  // The history of a repository is no part of its tree, and what is said of every tree is read by nobody.
  const foreign = skipped.filter((path) => basename(path) !== ".git");
  return [
    ...(links.length === 0
      ? []
      : [`links that lead out of the directory, or to nothing, and are not followed: ${counted(links)}`]),
    ...(foreign.length === 0
      ? []
      : [`directories of third-party files, scanned only for manifests: ${counted(foreign)}`]),
  ];
}

/** Of a tree that is looked through for pipelines. */
export function foreignNotes({ foreignPipelines }: Pick<Discovery, "foreignPipelines">): string[] {
  if (foreignPipelines.length === 0) return [];
  const named = foreignPipelines.map(({ path, system }) => `${path} of ${system}`);
  return [`pipelines of systems that are not read: ${counted(named)}`];
}

function counted(paths: readonly string[]): string {
  return `${paths.length} (${someOf(paths, NAMED)})`;
}

/** Whose pipeline a file is. */
import { githubKind } from "./github/files.ts";

export type PipelineKind = "workflow" | "action" | "dependabot" | "gitlab";

/**
 * Files that configure continuous integration, by their paths: GitHub's workflows, metadata of actions and options of
 * Dependabot; GitLab's file at the root. What GitLab's includes is its reader's to find. That an `action.yml` is an action,
 * {@link mayBeAction} says.
 */
export function pipelineKind(path: string): PipelineKind | undefined {
  return isGitlabRoot(path) ? "gitlab" : githubKind(path);
}

/** Whose pipeline it is: what runs, without actions and Dependabot's options. */
export function pipelineSystem(path: string): "github" | "gitlab" | undefined {
  const kind = pipelineKind(path);
  return kind === "gitlab" ? kind : kind === "workflow" ? "github" : undefined;
}

function isGitlabRoot(path: string): boolean {
  return /(?:^|\/)\.gitlab-ci\.ya?ml$/.test(path);
}

/** Other programs have files of that name too; an action `runs` something. */
export function mayBeAction(text: string): boolean {
  return /^(?:\ufeff?\{|["']?runs["']?[ \t]*:)/m.test(text);
}

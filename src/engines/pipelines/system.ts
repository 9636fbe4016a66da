/** Whose pipeline a file is. */
import { githubKind } from "./github/files.ts";

export type PipelineKind = "workflow" | "action" | "dependabot" | "gitlab";

/**
 * Files that configure continuous integration, by their paths: GitHub's workflows, metadata of actions and options of
 * Dependabot; GitLab's file at the root, and files that are named after it. What it includes is its reader's to find. That an
 * `action.yml` is an action,
 * {@link mayBeAction} says.
 */
export function pipelineKind(path: string): PipelineKind | undefined {
  return isGitlabFile(path) ? "gitlab" : githubKind(path);
}

/** Whose pipeline it is: what runs, without actions and Dependabot's options. */
export function pipelineSystem(path: string): "github" | "gitlab" | undefined {
  const kind = pipelineKind(path);
  return kind === "gitlab" ? kind : kind === "workflow" ? "github" : undefined;
}

/**
 * What of a file whose path says nothing its keys at the top say: GitHub's workflows have `jobs` and `on`, its actions `runs`,
 * Dependabot's options `updates`; all else is GitLab's where something in it runs.
 */
export function pipelineKindOf(text: string): PipelineKind | undefined {
  if (/^["']?(?:jobs|on)["']?[ \t]*:/m.test(text)) return "workflow";
  if (mayBeAction(text)) return "action";
  if (/^["']?updates["']?[ \t]*:/m.test(text)) return "dependabot";
  return GITLAB.test(text) ? "gitlab" : undefined;
}

const GITLAB =
  /^(?:stages|include|default|workflow|spec|variables|image|before_script)[ \t]*:|(?:^[ \t]+|[{,][ \t]*)(?:script|trigger|extends|stage|before_script|run|needs|rules)[ \t]*:/m;

/** Also `build.gitlab-ci.yml`, as files are named that others include. */
function isGitlabFile(path: string): boolean {
  return /(?:^|[/.])gitlab-ci\.ya?ml$/.test(path) && !/(?:^|\/)gitlab-ci\.ya?ml$/.test(path);
}

/** What GitLab begins with; a project's setting may name another. */
export function isGitlabRoot(path: string): boolean {
  return /(?:^|\/)\.gitlab-ci\.ya?ml$/.test(path);
}

/** By its name it is included by others: `build.gitlab-ci.yml`. */
export function isGitlabFragment(path: string): boolean {
  return isGitlabFile(path) && !isGitlabRoot(path);
}

/** Other programs have files of that name too; an action `runs` something. */
export function mayBeAction(text: string): boolean {
  return /^(?:\ufeff?\{|["']?runs["']?[ \t]*:)/m.test(text);
}

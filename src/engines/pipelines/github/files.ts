/** Which of GitHub's files a path is of. */

/** Only direct children of `.github/workflows` are workflows, whatever they are called; `action.yml` is an action elsewhere. */
export function githubKind(path: string): "workflow" | "action" | "dependabot" | undefined {
  if (/(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return "workflow";
  if (/(?:^|\/)\.github\/dependabot\.ya?ml$/.test(path)) return "dependabot";
  return /(?:^|\/)action\.ya?ml$/.test(path) ? "action" : undefined;
}

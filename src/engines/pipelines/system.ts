/** Whose pipeline a file is. */
import type { Pipeline } from "./model.ts";

/** GitHub's folder of workflows and GitLab's file at the root; what GitLab includes from elsewhere is not looked up. */
export function pipelineSystem(path: string): Pipeline["system"] | undefined {
  if (/(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return "github";
  if (/(?:^|\/)\.gitlab-ci\.ya?ml$/.test(path)) return "gitlab";
  return undefined;
}

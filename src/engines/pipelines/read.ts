import { gatePipeline } from "./github/gate.ts";
import { readGithubFile } from "./github/read.ts";
import { gitlabGates } from "./gitlab/gate.ts";
import { readGitlabPipeline } from "./gitlab/read.ts";
import type { Pipeline } from "./model.ts";

/**
 * Reads a workflow of GitHub Actions or a GitLab pipeline, by itself, as jobs and steps.
 *
 * @throws Problem `pipelines.broken`, kind input, with the line
 */
export function readPipeline(path: string, text: string, system: Pipeline["system"]): Pipeline {
  if (system === "gitlab")
    return gitlabGates(readGitlabPipeline(path, text, { read: () => undefined, match: () => [] }));
  const file = readGithubFile(path, text);
  return file.kind === "workflow" ? gatePipeline(file) : { path, system, triggers: [], jobs: [] };
}

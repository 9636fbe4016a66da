import type { Finding, FindingDraft } from "../../../../core/finding.ts";
import { readGithubFile } from "../../../../engines/pipelines/github/read.ts";
import type { RepositoryRuns } from "../../../../engines/pipelines/model.ts";
import { repositoryRuns } from "../../../../engines/pipelines/repository/repository.ts";

/** What runs in a repository of these files, by path. */
export function runsOf(files: Readonly<Record<string, string>>): RepositoryRuns {
  const read = Object.entries(files).map(([path, text]) => readGithubFile(path, text));
  return repositoryRuns(read.filter((file) => file.kind !== "dependabot"));
}

/** `preview.yml:12 release.yml:12`: where a finding points, in order. */
export function linesOf({ locations }: Pick<Finding | FindingDraft, "locations">): string {
  return locations
    .map((one) => (one.kind === "file" ? `${one.path.slice(one.path.lastIndexOf("/") + 1)}:${one.line}` : "?"))
    .join(" ");
}

import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue, settingsOf } from "./gitlab/parts.ts";

/** Artifacts of whatever a job leaves behind. */
export const gitlabUntrackedArtifacts = gitlabCheck({
  name: "gitlab-untracked-artifacts",
  title: "Artifacts of all untracked files",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks `artifacts:untracked: true` of a GitLab pipeline without `paths` or `exclude`. Severity: medium.",
    why: "Every file that the job wrote is kept: logins of tools, `.env`, keys from variables of type file. Everyone who may see the pipeline can download them.",
    fix: "Name the files in `paths`, or leave out the others by `exclude`.",
    references: ["https://docs.gitlab.com/ci/yaml/#artifactsuntracked"],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      const { artifacts } = settings;
      const { untracked, paths = [], exclude = [] } = artifacts ?? {};
      if (untracked === undefined || !isTrue(untracked) || paths.length > 0 || exclude.length > 0) continue;
      yield {
        subject: `artifacts of ${job ?? "default"}`,
        title: "all files that Git does not track are kept as artifacts",
        place: untracked.place,
        job,
        fix: "name the files in artifacts:paths",
      };
    }
  },
});

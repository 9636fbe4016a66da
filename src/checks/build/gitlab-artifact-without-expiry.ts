import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { settingsOf } from "./gitlab/parts.ts";

/** Artifacts that say nothing of how long they are kept. */
export const gitlabArtifactWithoutExpiry = gitlabCheck({
  name: "gitlab-artifact-without-expiry",
  title: "Artifacts without an expiry",
  severity: "negligible",
  whole: true,
  documentation: {
    what: "Checks `artifacts` of a GitLab pipeline for `expire_in`. Severity: negligible: the instance has a limit of its own, 30 days where nobody changed it.",
    why: "What is kept longer can be read longer: by everyone who gets to see the project until then.",
    fix: "Write `expire_in: 1 week` into `artifacts`.",
    references: ["https://docs.gitlab.com/ci/yaml/#artifactsexpire_in"],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      const { artifacts } = settings;
      if (artifacts === undefined || artifacts.expireIn !== undefined) continue;
      yield {
        subject: "artifacts without expire_in",
        title: "artifacts are kept as long as the instance keeps them",
        place: artifacts.place,
        job,
        fix: "write expire_in: 1 week into artifacts",
      };
    }
  },
});

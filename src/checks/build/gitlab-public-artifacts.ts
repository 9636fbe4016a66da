import { sensitiveFile } from "./dockerfile/secret-names.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isTrue, settingsOf } from "./gitlab/parts.ts";

/** Artifacts that nobody has to log in for. */
export const gitlabPublicArtifacts = gitlabCheck({
  name: "gitlab-public-artifacts",
  title: "Artifacts for everyone",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks `artifacts:public: true` and `artifacts:access: all` of a GitLab pipeline. Severity: high where a path is named like a secret, medium else.",
    why: "In a public project everyone can download them without an account: builds before their release, reports of flaws, what a job left behind.",
    fix: "Write `access: developer` or `access: none`.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#artifactspublic",
      "https://docs.gitlab.com/ci/yaml/#artifactsaccess",
    ],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      const { artifacts } = settings;
      if (artifacts === undefined) continue;
      const text = isTrue(artifacts.public)
        ? artifacts.public
        : /^all$/i.test(artifacts.access?.value ?? "")
          ? artifacts.access
          : undefined;
      if (text === undefined) continue;
      const secret = artifacts.paths.find(
        ({ value }) => sensitiveFile(value) !== undefined || /secret|credential|passw|\.env/i.test(value),
      );
      yield {
        subject: `artifacts of ${job ?? "default"}`,
        title: `everyone can download the artifacts${secret === undefined ? "" : `, ${secret.value} among them`}`,
        place: text.place,
        job,
        ...(secret === undefined ? {} : { severity: "high" as const }),
        fix: "write artifacts:access: developer",
      };
    }
  },
});

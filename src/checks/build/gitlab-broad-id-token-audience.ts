import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { settingsOf } from "./gitlab/parts.ts";

/** ID tokens that more than one service takes. */
export const gitlabBroadIdTokenAudience = gitlabCheck({
  name: "gitlab-broad-id-token-audience",
  title: "Broad audiences of ID tokens",
  severity: "medium",
  documentation: {
    what: "Checks `id_tokens` of a GitLab pipeline for audiences that are a GitLab instance, a `*`, or empty. Severity: medium.",
    why: "A token for an audience that many services accept can be used at each of them by whoever gets hold of it in one.",
    fix: "Name the one service that the token is for: `aud: https://vault.example.com`, `aud: sigstore`.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#id_tokens",
      "https://docs.gitlab.com/ci/secrets/id_token_authentication/",
    ],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      for (const { name, audiences } of settings.idTokens) {
        for (const { value, place } of audiences) {
          if (value !== "" && value !== "*" && !/^https?:\/\/gitlab\.[^/]{1,253}/i.test(value)) continue;
          yield {
            subject: `ID token ${name}`,
            title: `the ID token ${name} is for ${value === "" ? "no audience" : value}, which is no single service`,
            place,
            job,
            fix: "name the one service that the token is for in aud",
          };
        }
      }
    }
  },
});

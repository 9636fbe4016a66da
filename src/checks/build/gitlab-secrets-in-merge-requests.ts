import { gitlabCheck } from "./gitlab/gitlab-check.ts";

/** Jobs of merge requests that are given ID tokens or secrets of a vault. */
export const gitlabSecretsInMergeRequests = gitlabCheck({
  name: "gitlab-secrets-in-merge-requests",
  title: "Secrets within reach of merge requests",
  severity: "medium",
  category: "secret",
  documentation: {
    what: "Checks jobs that run for merge requests, as far as `workflow`, `rules` and `only` tell, for `id_tokens`, `secrets` and `identity`. Severity: medium; low where a condition that is not known decides. A token for `sigstore` is low.",
    why: "Such a job runs what the author of the merge request wrote, before anyone reviewed it: the token opens whatever trusts the project.",
    fix: 'Give the secrets to jobs of protected branches alone: `rules: [{if: $CI_COMMIT_REF_PROTECTED == "true"}]`, and let the vault check the claim `ref_protected`.',
    references: [
      "https://docs.gitlab.com/ci/secrets/id_token_authentication/",
      "https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/",
    ],
  },
  *detect(pipeline) {
    for (const { name, key, runs, idTokens, secrets, identity } of pipeline.jobs) {
      if (runs.mergeRequest === "never") continue;
      const reached = [
        ...idTokens.map((token) => ({
          what: `the ID token ${token.name}`,
          place: token.key,
          audiences: token.audiences,
        })),
        ...secrets.map((secret) => ({ what: `the secret ${secret.name}`, place: secret.key, audiences: [] })),
        ...(identity === undefined
          ? []
          : [{ what: `the identity ${identity.value}`, place: identity.place, audiences: [] }]),
      ];
      for (const { what, place, audiences } of reached) {
        const signs = audiences.length > 0 && audiences.every(({ value }) => value === "sigstore");
        yield {
          subject: `${what} in ${name}`,
          title: `merge requests reach ${what}`,
          place: place ?? key,
          job: name,
          severity: runs.mergeRequest === "always" && !signs ? "medium" : "low",
          fix: 'add a rule to the job: if: $CI_COMMIT_REF_PROTECTED == "true"',
        };
      }
    }
  },
});

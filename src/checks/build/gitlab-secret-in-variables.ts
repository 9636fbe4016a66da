import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { variablesOf } from "./gitlab/parts.ts";
import { secretIn } from "./gitlab/secrets.ts";

/** Secrets that stand in the file as values of variables. */
export const gitlabSecretInVariables = gitlabCheck({
  name: "gitlab-secret-in-variables",
  title: "Secrets in pipeline variables",
  severity: "high",
  category: "secret",
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for values in the forms of keys and tokens that their issuers document, for private keys, for logins to registries (`DOCKER_AUTH_CONFIG`), and for addresses with a password in them. Not reported: placeholders, and values that another variable gives. Severity: high; medium for a password in an address, low where that is of a service of the job.",
    why: "Whoever can read the repository, a clone, a fork or a job log can use the secret. A value in the file is never masked.",
    fix: "Revoke the secret and make a new one. Keep it as a masked, protected variable of the project, or in a vault (`secrets`).",
    references: ["https://docs.gitlab.com/ci/variables/#cicd-variable-security", "https://docs.gitlab.com/ci/secrets/"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, value } = variable;
      const secret = value === undefined ? undefined : secretIn(name, value.value);
      if (secret === undefined || value === undefined) continue;
      yield {
        subject: `variable ${name}`,
        title: `the variable ${name} holds ${secret.what}`,
        place: value.place,
        job,
        severity: secret.severity,
        fix: "revoke it; keep the new one as a masked, protected variable of the project",
        unrecorded: true,
      };
    }
  },
});

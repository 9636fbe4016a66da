import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { isFalse } from "./gitlab/parts.ts";
import { endsLikeSecret } from "./gitlab/variables.ts";

/** Variables with the name of a secret that a triggered pipeline gets. */
export const gitlabSecretsInheritedDownstream = gitlabCheck({
  name: "gitlab-secrets-inherited-downstream",
  title: "Secrets inherited by downstream pipelines",
  severity: "low",
  category: "secret",
  documentation: {
    what: "Checks jobs with `trigger` of a GitLab pipeline whose `variables` at the top have names of secrets, for `inherit:variables: false`. Not reported: a job that names the variables that it inherits. Severity: low.",
    why: "Variables of the file are handed to the pipeline that is triggered, and all its jobs can read them.",
    fix: "Write `inherit: {variables: false}` into the job, and name what the other pipeline needs.",
    references: [
      "https://docs.gitlab.com/ci/yaml/#inheritvariables",
      "https://docs.gitlab.com/ci/yaml/#triggerforward",
    ],
  },
  *detect(pipeline) {
    const secrets = pipeline.variables.filter(({ name }) => endsLikeSecret(name));
    if (secrets.length === 0) return;
    for (const { name, key, trigger, inheritVariables, hidden } of pipeline.jobs) {
      if (trigger === undefined || hidden || inheritVariables === false || Array.isArray(inheritVariables)) continue;
      if (isFalse(trigger.forwardYamlVariables)) continue;
      yield {
        subject: `job ${name}`,
        title: `the pipeline that ${name} triggers gets ${secrets.map((secret) => secret.name).join(", ")}`,
        place: key,
        job: name,
        fix: "write inherit: {variables: false} into the job",
      };
    }
  },
});

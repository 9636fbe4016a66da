import type { RatedSeverity } from "../../core/severity.ts";
import type { Text } from "../../engines/pipelines/model.ts";
import { sensitiveFile } from "./dockerfile/secret-names.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { settingsOf } from "./gitlab/parts.ts";

/** Often, by what is in the name. */
const SUSPECT =
  /(?:^|\/)\.env(?:\.[^/]{1,64})?$|\.(?:pem|key|p12|pfx|der|keystore|jks|secret|token|tfstate|tfvars|kubeconfig)$|(?:^|\/)(?:id_(?:rsa|ecdsa|ed25519|dsa)|kubeconfig)$|secret|credential|password|passwd/i;
const REPORTS =
  /(?:report|results?|scan|sast|detection|findings?)[\w.-]{0,64}\.(?:json|xml|html|sarif|txt)$|[-_]report/i;

function isOutside({ value }: Text): boolean {
  return value.startsWith("/") || value.startsWith("../") || value.includes("/../");
}

function whatIs(path: string): { readonly what: string; readonly severity: RatedSeverity } | undefined {
  if (path.startsWith("/")) return { what: "a file outside of the project, by an absolute path", severity: "medium" };
  if (/(?:^|\/)\.\.\//.test(path)) return { what: "a file outside of the project", severity: "medium" };
  if (/^(?:\.|\.\/|\*|\*\*|\.\/\*\*?|\*\*\/\*|\$\{?CI_PROJECT_DIR\}?\/?)$/.test(path)) {
    return { what: "the whole directory of the project", severity: "low" };
  }
  const certain = sensitiveFile(path.replace(/\*/g, "x"));
  if (certain?.certain === true) return { what: certain.what, severity: "high" };
  if (certain !== undefined) return { what: certain.what, severity: "medium" };
  return SUSPECT.test(path) && !REPORTS.test(path) ? { what: "named like a secret", severity: "medium" } : undefined;
}

/** Files with secrets that jobs keep as artifacts. */
export const gitlabSensitiveArtifact = gitlabCheck({
  name: "gitlab-sensitive-artifact",
  title: "Secrets among artifacts",
  severity: "high",
  category: "secret",
  documentation: {
    what: "Checks `artifacts:paths` of a GitLab pipeline for names of files with keys, passwords and state (`.env`, `*.pem`, `id_rsa`, `*.tfstate`, `kubeconfig`), for absolute paths and those that lead out of the project, and for the whole directory. Severity: high for keys and state, medium for names that often hold secrets and paths outside of the project, low for the whole directory.",
    why: "Artifacts can be downloaded by everyone who may see the pipeline, in public projects by everyone. What a job wrote into its directory, logins of tools among it, is in them.",
    fix: "Name the files that later jobs need. Keep secrets in variables or a vault, and state in GitLab's own (`terraform` states).",
    references: ["https://docs.gitlab.com/ci/yaml/#artifactspaths", "https://docs.gitlab.com/ci/jobs/job_artifacts/"],
  },
  *detect(pipeline) {
    for (const { settings, job } of settingsOf(pipeline)) {
      const { artifacts } = settings;
      for (const text of [...(artifacts?.paths ?? []), ...(artifacts?.exclude ?? []).filter(isOutside)]) {
        const { value, place } = text;
        const found = whatIs(value);
        if (found === undefined) continue;
        yield {
          subject: `artifact ${value}`,
          title: `the artifact ${value} is ${found.what}`,
          place,
          job,
          severity: found.severity,
          fix: "name the files that later jobs need, and leave this one out",
        };
      }
    }
  },
});

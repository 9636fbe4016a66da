/** A job of GitLab CI, by the claims of its identity token (docs.gitlab.com, "OpenID Connect (OIDC) Authentication Using ID Tokens"). */
import { claimOf, tokenProblem } from "../token.ts";
import type { VerifiedToken } from "../token-issuer.ts";
import { GITLAB_JOB } from "./build-types.ts";
import { required } from "./github.ts";
import type { BuildFacts } from "./model.ts";

export function gitLabFacts(token: VerifiedToken): BuildFacts {
  const claim = (name: string) => required(token, name);
  const server = token.issuer.replace(/\/$/, "");
  const source = `${server}/${claim("project_path")}`;
  // HOST/PROJECT//FILE@REF, without a scheme, as Fulcio's build signer URI has it with one.
  const config = `${new URL(server).protocol}//${claim("ci_config_ref_uri")}`;
  if (!config.startsWith(`${server}/`)) throw tokenProblem(token.source, "ci_config_ref_uri is not of its issuer");
  const ref = claim("ref_path");
  const runner = claimOf(token, "runner_environment");
  return {
    buildType: GITLAB_JOB,
    builderId: config,
    externalParameters: { source, ref, config },
    internalParameters: {
      gitlab: {
        pipeline_source: claim("pipeline_source"),
        project_id: claim("project_id"),
        namespace_id: claim("namespace_id"),
        ref_protected: claim("ref_protected"),
        ...(runner === undefined ? {} : { runner_environment: runner }),
      },
    },
    source: { uri: `git+${source}@${ref}`, digest: { gitCommit: claim("sha") } },
    invocationId: `${source}/-/jobs/${claim("job_id")}`,
    hosted: runner === "gitlab-hosted",
  };
}

/**
 * A run of GitHub Actions, by the claims of its identity token (docs.github.com, "OpenID Connect reference"). Environment
 * variables say the same, and every step of a job can set them: none is read.
 */
import { claimOf, type IdentityToken, tokenProblem } from "../token.ts";
import type { VerifiedToken } from "../token-issuer.ts";
import { GITHUB_WORKFLOW } from "./build-types.ts";
import type { BuildFacts } from "./model.ts";

const GITHUB_COM = "https://token.actions.githubusercontent.com";

/** The server's URL by its tokens' issuer: github.com, GHE.com with data residency, GitHub Enterprise Server. */
export function gitHubServer(issuer: string): string | undefined {
  if (issuer === GITHUB_COM || issuer.startsWith(`${GITHUB_COM}/`)) return "https://github.com";
  const resident = /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)(?:\/|$)/.exec(issuer)?.[1];
  if (resident !== undefined) return `https://${resident}`;
  // Plain HTTP, of a test on loopback: an issuer elsewhere is asked over TLS alone.
  return /^(https?:\/\/[^/]+)\/_services\/token$/.exec(issuer)?.[1];
}

export function gitHubFacts(token: VerifiedToken, server: string): BuildFacts {
  const claim = (name: string) => required(token, name);
  const repository = claim("repository");
  const ref = claim("ref");
  // OWNER/REPO/.github/workflows/FILE@REF: which workflow ran the job, and which was started.
  const job = claim("job_workflow_ref");
  const started = claim("workflow_ref");
  const path = /^[^/]+\/[^/]+\/(.+)@([^@]+)$/.exec(started);
  if (path === null || !started.startsWith(`${repository}/`)) {
    throw tokenProblem(token.source, "workflow_ref is not a workflow of the repository");
  }
  const [, file, workflowRef] = path;
  const source = `${server}/${repository}`;
  const runner = claimOf(token, "runner_environment");
  const [run, attempt] = [claimOf(token, "run_id"), claimOf(token, "run_attempt")];
  return {
    buildType: GITHUB_WORKFLOW,
    builderId: `${server}/${job}`,
    externalParameters: { workflow: { ref: workflowRef, repository: source, path: file } },
    internalParameters: {
      github: {
        event_name: claim("event_name"),
        repository_id: claim("repository_id"),
        repository_owner_id: claim("repository_owner_id"),
        ...(runner === undefined ? {} : { runner_environment: runner }),
      },
    },
    source: { uri: `git+${source}@${ref}`, digest: { gitCommit: claim("sha") } },
    ...(run === undefined ? {} : { invocationId: `${source}/actions/runs/${run}/attempts/${attempt ?? "1"}` }),
    hosted: runner === "github-hosted",
  };
}

/** @throws Problem (usage) `signing.token` */
export function required(token: IdentityToken, name: string): string {
  const value = claimOf(token, name);
  if (value === undefined) throw tokenProblem(token.source, `no claim ${name}`);
  return value;
}

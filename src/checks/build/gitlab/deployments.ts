/** Which jobs bring something to others: an environment, a registry, a release. */
import type { GitlabJob } from "../../../engines/pipelines/model.ts";

const DEPLOY = /deploy|release|publish|rollout|ship/;
const DEPLOY_BROAD = /deploy|release|publish|rollout|ship|migrat|provision|push|upload|prod/;
/** A job of that name makes or looks at what others bring. */
const NOT =
  /build|compile|test|lint|cache|coverage|check|package|bundle|prepare|validate|audit|scan|review|dist|plan|dry[-_]?run/;

/** Actions of an environment that bring nothing to it. */
const NO_DEPLOYMENT: ReadonlySet<string> = new Set(["stop", "prepare", "verify", "access"]);

export function hasEnvironment({ environment }: GitlabJob): boolean {
  return environment !== undefined && !NO_DEPLOYMENT.has(environment.action?.value ?? "");
}

/** It stops an environment, or only looks at it. */
function takesDown({ environment }: GitlabJob): boolean {
  return NO_DEPLOYMENT.has(environment?.action?.value ?? "");
}

/** It has an environment, or its stage is called so. */
export function deploys(job: GitlabJob): boolean {
  if (takesDown(job)) return false;
  return hasEnvironment(job) || DEPLOY.test(job.stage?.value.toLowerCase() ?? "");
}

/** Also by the job's own name, unless that says that it builds or looks. */
export function deploysByName(job: GitlabJob): boolean {
  if (takesDown(job)) return false;
  if (deploys(job) || job.release !== undefined) return true;
  return DEPLOY_BROAD.test(job.name.toLowerCase()) && !NOT.test(job.name.toLowerCase());
}

/** As strict: of a name with `release-build` nothing is said. */
export function isSensitive(job: GitlabJob): boolean {
  if (takesDown(job)) return false;
  if (hasEnvironment(job) && job.environment?.name !== undefined) return true;
  const names = `${job.name} ${job.stage?.value ?? ""}`.toLowerCase();
  return !NOT.test(names) && /deploy|rollout|release|publish|provision/.test(names);
}

/** What it deploys to is production, or what stands before it, by its tier or its name. */
export function isProduction({ environment }: GitlabJob): boolean {
  if (environment === undefined || NO_DEPLOYMENT.has(environment.action?.value ?? "")) return false;
  const tier = environment.deploymentTier?.value.toLowerCase();
  if (tier !== undefined) return tier === "production" || tier === "staging";
  return /prod|live|staging/.test(environment.name?.value.toLowerCase() ?? "");
}

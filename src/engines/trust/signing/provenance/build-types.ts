/** How the provenance that is made here is to be read: its build types, with the external parameters that each has. */

/** https://actions.github.io/buildtypes/workflow/v1: what GitHub's own attestations are of. */
export const GITHUB_WORKFLOW = "https://actions.github.io/buildtypes/workflow/v1";

/**
 * A job of GitLab CI. External parameters: `source`, the project's URL; `ref`, the full ref that was built; `config`, the
 * file that defines the pipeline, as `https://HOST/PROJECT//FILE@REF`. Each of an identity token.
 */
export const GITLAB_JOB = "urn:bulkhead:build:gitlab-ci:v1";

/**
 * Any other build. External parameters: `source`, where one is known: the Git remote of the directory that was built, as
 * its own files claim.
 */
export const GENERIC_BUILD = "urn:bulkhead:build:generic:v1";

/** Who built, where nobody vouches for it: no policy can trust it above level 1. */
export const UNVERIFIED_BUILDER = "urn:bulkhead:builder:unverified";

export const PROVENANCE_V1 = "https://slsa.dev/provenance/v1";

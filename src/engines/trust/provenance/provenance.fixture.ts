/** Provenance as GitHub's builders make it, and who signs it. */
import type { CertificateClaims, Signer, Statement } from "../model.ts";

export const GITHUB = "https://token.actions.githubusercontent.com";
export const WORKFLOW = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1";
export const GENERATOR =
  "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0";
export const COMMIT = "a".repeat(40);

const SHOP = "https://github.com/shop/api";

export const claims: CertificateClaims = {
  buildSignerUri: WORKFLOW,
  runner: "github-hosted",
  sourceRepository: SHOP,
  sourceRepositoryId: "123",
  sourceRef: "refs/tags/v1",
  sourceDigest: COMMIT,
  buildConfigUri: WORKFLOW,
  trigger: "push",
};

export function githubSigner(own: Partial<CertificateClaims> = {}, identity = WORKFLOW): Signer {
  return {
    kind: "identity",
    identity,
    issuer: GITHUB,
    root: "public-good",
    claims: { ...claims, buildSignerUri: identity, ...own },
  };
}

export interface ToldBuild {
  readonly builder?: string;
  readonly repository?: string;
  readonly repositoryId?: string;
  readonly ref?: string;
  readonly path?: string;
  readonly trigger?: string;
  readonly runner?: string;
  readonly commit?: string;
  readonly finishedOn?: string;
  readonly buildType?: string;
  readonly external?: Readonly<Record<string, unknown>>;
}

/** Of GitHub's own attestations (https://actions.github.io/buildtypes/workflow/v1). */
export function githubStatement({
  builder = WORKFLOW,
  repository = SHOP,
  repositoryId = "123",
  ref = "refs/tags/v1",
  path = ".github/workflows/release.yml",
  trigger = "push",
  runner = "github-hosted",
  commit = COMMIT,
  finishedOn = "2026-11-20T10:00:00Z",
  buildType = "https://actions.github.io/buildtypes/workflow/v1",
  external = {},
}: ToldBuild = {}): Statement {
  return {
    kind: "statement",
    predicateType: "https://slsa.dev/provenance/v1",
    subjects: [],
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: { workflow: { ref, repository, path }, ...external },
        internalParameters: {
          github: { event_name: trigger, repository_id: repositoryId, runner_environment: runner },
        },
        resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: builder }, metadata: { invocationId: `${repository}/actions/runs/1`, finishedOn } },
    },
  };
}

/** Of slsa-github-generator for containers. */
export function generatorStatement(builder = GENERATOR): Statement {
  return {
    kind: "statement",
    predicateType: "https://slsa.dev/provenance/v0.2",
    subjects: [],
    predicate: {
      builder: { id: builder },
      buildType: "https://github.com/slsa-framework/slsa-github-generator/container@v1",
      invocation: {
        configSource: {
          uri: "git+https://github.com/shop/api@refs/tags/v1",
          digest: { sha1: COMMIT },
          entryPoint: ".github/workflows/release.yml",
        },
        parameters: {},
        environment: { github_event_name: "push", github_ref: "refs/tags/v1", github_sha1: COMMIT },
      },
      metadata: { buildInvocationID: "1-1" },
      materials: [{ uri: "git+https://github.com/shop/api@refs/tags/v1", digest: { sha1: COMMIT } }],
    },
  };
}

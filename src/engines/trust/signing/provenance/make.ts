/** SLSA provenance v1 of one build, from a verified identity token where there is one. */
import type { RunSigner } from "../signer.ts";
import { claimOf } from "../token.ts";
import type { VerifiedToken } from "../token-issuer.ts";
import { GENERIC_BUILD, UNVERIFIED_BUILDER } from "./build-types.ts";
import { gitHubFacts, gitHubServer } from "./github.ts";
import { gitLabFacts } from "./gitlab.ts";
import type { BuildFacts, MadeProvenance, Provenance, Resource } from "./model.ts";

export interface ProvenanceInput {
  /** Absent where the environment has none: nothing then says who built. */
  readonly token?: VerifiedToken;
  /** What signs: only with the platform's own identity is the provenance more than its author's word. */
  readonly signer: RunSigner["kind"];
  /** The Git remote of the built directory as its files claim: `https://github.com/shop/api`. */
  readonly remote?: string;
  /** The commit that its files claim. */
  readonly commit?: string;
  /** Bases and lockfiles. */
  readonly materials: readonly Resource[];
  readonly now: Date;
}

export function makeProvenance({ token, signer, remote, commit, materials, now }: ProvenanceInput): MadeProvenance {
  const facts = token === undefined ? unverifiedFacts(remote) : factsOf(token);
  const checkout: Resource[] =
    commit === undefined
      ? []
      : [{ ...(remote === undefined ? { name: "source" } : { uri: `git+${remote}` }), digest: { gitCommit: commit } }];
  const verified = facts.source === undefined ? [] : [facts.source];
  // What the platform says was built comes first; a checkout of something else stands beside it and does not replace it.
  const isSame = verified.some(({ digest }) => digest.gitCommit === commit);
  const predicate: Provenance = {
    buildDefinition: {
      buildType: facts.buildType,
      externalParameters: facts.externalParameters,
      ...(Object.keys(facts.internalParameters).length === 0 ? {} : { internalParameters: facts.internalParameters }),
      resolvedDependencies: [...verified, ...(isSame ? [] : checkout), ...materials],
    },
    runDetails: {
      builder: { id: facts.builderId },
      metadata: {
        ...(facts.invocationId === undefined ? {} : { invocationId: facts.invocationId }),
        finishedOn: now.toISOString().replace(/\.\d+Z$/, "Z"),
      },
    },
  };
  return { predicate, ...levelOf(facts, token !== undefined, signer) };
}

function factsOf(token: VerifiedToken): BuildFacts {
  const server = gitHubServer(token.issuer);
  if (server !== undefined) return gitHubFacts(token, server);
  if (claimOf(token, "ci_config_ref_uri") !== undefined) return gitLabFacts(token);
  // Another issuer's: the subject is who it says, and what it built, nobody says.
  return {
    buildType: GENERIC_BUILD,
    builderId: `${token.issuer.replace(/\/$/, "")}#${encodeURIComponent(token.subject)}`,
    externalParameters: {},
    internalParameters: {},
    hosted: false,
  };
}

function unverifiedFacts(remote: string | undefined): BuildFacts {
  return {
    buildType: GENERIC_BUILD,
    builderId: UNVERIFIED_BUILDER,
    externalParameters: remote === undefined ? {} : { source: remote },
    internalParameters: {},
    hosted: false,
  };
}

/**
 * Level 2 takes a hosted platform and provenance that is its own (slsa.dev/spec/v1.1/levels): its identity signs. Level 3
 * takes that no step of the build can reach the signing, which nobody who runs as one of its steps can claim.
 */
function levelOf(
  facts: BuildFacts,
  isVerified: boolean,
  signer: RunSigner["kind"],
): Pick<MadeProvenance, "level" | "reason"> {
  if (!isVerified) return { level: 1, reason: "no identity token: the builder is not verified" };
  if (!facts.hosted)
    return { level: 1, reason: "the token does not say that the platform's own machines ran the build" };
  if (signer === "key") return { level: 1, reason: "signed by a key, not by the platform's identity" };
  return { level: 2, reason: "level 3 takes a builder that is isolated from the build" };
}

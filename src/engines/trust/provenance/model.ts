/** What provenance says of a build, whichever form it has: its signer's words, not judged. */
export interface Provenance {
  readonly form: "slsa-v0.2" | "slsa-v1";
  /** `builder.id`: who says that it built. */
  readonly builder: string;
  readonly buildType: string;
  /** Whether it is known what the parameters of the build type mean. */
  readonly isKnown: boolean;
  /** Parameters that a user of the builder chose, and the build type does not name. */
  readonly unknownParameters: readonly string[];
  readonly source: BuildSource;
  /** `push`. */
  readonly trigger?: string;
  /** `github-hosted`. */
  readonly runner?: string;
  /** Where the run is told of. */
  readonly run?: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** What went into the build, as far as it is said; what was left out, `dependencyCount` counts. */
  readonly dependencies: readonly Dependency[];
  readonly dependencyCount: number;
}

export interface BuildSource {
  /** `github.com/shop/api`. */
  readonly repository?: string;
  /** A number. */
  readonly repositoryId?: string;
  /** `refs/tags/v1`. */
  readonly ref?: string;
  /** Hex. */
  readonly commit?: string;
  /** Path of the workflow or the file that says how to build. */
  readonly workflow?: string;
}

export interface Dependency {
  readonly uri?: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** SLSA's verification summary: what another verifier found of an artifact. */
export interface VerificationSummary {
  readonly verifier: string;
  readonly resource?: string;
  readonly passed: boolean;
  /** Of the build track, 0 where none is claimed. */
  readonly buildLevel: 0 | 1 | 2 | 3;
  /** ISO 8601, UTC. */
  readonly verifiedAt?: string;
}

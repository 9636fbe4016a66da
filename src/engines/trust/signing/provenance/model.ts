/** SLSA provenance v1 (slsa.dev/spec/v1.1/provenance) as it is made. */

/** in-toto's ResourceDescriptor, the fields that are used. */
export interface Resource {
  readonly uri?: string;
  readonly name?: string;
  /** Algorithm to value: `sha256`, `gitCommit`. */
  readonly digest: Readonly<Record<string, string>>;
}

export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: Readonly<Record<string, unknown>>;
    readonly internalParameters?: Readonly<Record<string, unknown>>;
    readonly resolvedDependencies: readonly Resource[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version?: Readonly<Record<string, string>> };
    readonly metadata?: { readonly invocationId?: string; readonly finishedOn?: string };
  };
}

/** What one platform's verified token says of a build. */
export interface BuildFacts {
  readonly buildType: string;
  readonly builderId: string;
  readonly externalParameters: Readonly<Record<string, unknown>>;
  readonly internalParameters: Readonly<Record<string, unknown>>;
  /** The commit that was built. */
  readonly source?: Resource;
  readonly invocationId?: string;
  /** Whether the platform's own machines ran it. */
  readonly hosted: boolean;
}

/** What a build claims of itself, for who signs to know; what it is worth, a policy's table of builders says. */
export interface MadeProvenance {
  readonly predicate: Provenance;
  /** SLSA Build level that these claims can support at most. */
  readonly level: 1 | 2;
  /** Why it is not higher, one sentence. */
  readonly reason: string;
}

/** What checks over one changed dependency may be handed. */
import type { Check } from "../../core/check.ts";
import type { LicensedPackage } from "../../engines/contents/model.ts";
import type {
  DependencyChange,
  ManifestMismatch,
  PackageContents,
  PackageMetadata,
  RegistryFacts,
} from "../../engines/packages/model.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/** One package that a change adds, upgrades or exchanges. */
export interface DependencyFacts extends RegistryFacts {
  readonly change: DependencyChange;
  /** Flaws and records of malice of the version that comes; those that the version that goes had are left out. */
  readonly vulnerabilities: ScopeMatches;
  /** Of the version that comes, as the registry or else the lockfile states it. */
  readonly license: LicensedPackage;
  /** Of the version that comes. */
  readonly metadata: PackageMetadata;
  /** Of the version that goes; absent evidence where nothing goes. */
  readonly previousMetadata: PackageMetadata;
  readonly contents: PackageContents;
  readonly previousContents: PackageContents;
}

export type DependencyCheck<Needed extends keyof DependencyFacts, Parameters extends object = object> = Check<
  Pick<DependencyFacts, Needed>,
  Parameters
> & { readonly subject: "dependency" };

/** A lockfile beside the manifests that it was made of. */
export interface LockedManifestFacts {
  readonly mismatches: readonly ManifestMismatch[];
}

export type LockedManifestCheck = Check<LockedManifestFacts> & { readonly subject: "locked-manifest" };

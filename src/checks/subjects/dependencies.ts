/** What checks over one changed dependency may be handed. */
import type { Check } from "../../core/check.ts";
import type {
  DependencyChange,
  PackageContents,
  PackageMetadata,
  RegistryFacts,
} from "../../engines/packages/model.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/** One package that a change adds, removes or exchanges. */
export interface DependencyFacts extends RegistryFacts {
  readonly change: DependencyChange;
  /** Flaws and records of malice of the version that comes; those that the version that goes had are left out. */
  readonly vulnerabilities: ScopeMatches;
  /** Of the version that comes. */
  readonly metadata: PackageMetadata;
  /** Of the version that goes; absent evidence where nothing goes. */
  readonly previousMetadata: PackageMetadata;
  readonly contents: PackageContents;
  readonly previousContents: PackageContents;
}

export type DependencyCheck<Parameters extends object = object> = Check<DependencyFacts, Parameters> & {
  readonly subject: "dependency";
};

/** What checks over the files of a tree may be handed, by kind of file. */
import type { Check } from "../../core/check.ts";
import type { Inventory, LicensedPackage } from "../../engines/contents/model.ts";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import type { RepositoryRuns, ScanStep } from "../../engines/pipelines/model.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/** One lockfile. */
export interface LockfileFacts {
  /** Of all that it pins, without what is for development alone. */
  readonly licenses: readonly LicensedPackage[];
}

export type LockfileCheck<Parameters extends object = object> = Check<LockfileFacts, Parameters> & {
  readonly subject: "lockfile";
};

/** What a lockfile pins of one ecosystem. */
export interface LockfileScopeFacts {
  /** Without what is for development alone. */
  readonly inventory: Inventory;
  readonly vulnerabilities: ScopeMatches;
}

export type LockfileScopeCheck = Check<LockfileScopeFacts> & { readonly subject: "lockfile-scope" };

/** All pipelines of a tree together. */
export interface PipelinesFacts {
  /** Steps that scan images. Partial where a pipeline was not read, and where none of them blocks. */
  readonly scans: readonly ScanStep[];
  /** What GitHub's workflows run, with what they call. Partial where a file was not read, or what is called was not found. */
  readonly runs: RepositoryRuns;
}

export type PipelinesCheck<Needed extends keyof PipelinesFacts = keyof PipelinesFacts> = Check<
  Pick<PipelinesFacts, Needed>
> & { readonly subject: "pipelines" };

/** A folder, a file, standard input or a history. */
export interface SourcesFacts {
  /** Partial where a file was not read. */
  readonly secrets: SecretsFound;
}

export type SourcesCheck = Check<SourcesFacts> & { readonly subject: "sources" };

/** One file of manifests. */
export interface ManifestFileFacts {
  readonly file: ReadFile;
}

export interface ReadFile {
  readonly path: string;
  readonly gaps: readonly ManifestGap[];
}

export type ManifestFileCheck = Check<ManifestFileFacts> & { readonly subject: "manifest-file" };

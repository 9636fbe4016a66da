/** What registries say of a change, in the parts that checks evaluate: each is evidence with gaps of its own. */
import type { PackageOrigin } from "../../contents/model.ts";
import type { PrivateName } from "../policy.ts";

export interface RegistryFacts {
  readonly publication: Publication;
  readonly firstRelease: FirstRelease;
  readonly standing: Standing;
  readonly licenseChange: LicenseChange;
  readonly installScripts: InstallScriptChange;
  readonly provenance: ProvenanceChange;
  readonly origin: OriginFacts;
  readonly archive: ArchiveFacts;
}

/** When the version that comes was published, as narrowly as its registry tells. */
export interface Publication {
  /** ISO 8601: not before it. */
  readonly after?: string;
  /** ISO 8601: not after it. */
  readonly before?: string;
  /** Nothing of it was published: it is from a repository, a file or the project itself, or the policy exempts it. */
  readonly exempt: boolean;
}

/** Of a version whose number no history leads to (`99.0.0`, `9.9.9`); nothing else is known of other ones. */
export interface FirstRelease {
  readonly implausible: boolean;
  /** Versions of the package with plausible numbers. */
  readonly plausibleVersions: number;
  /** ISO 8601: when the package first was published, and this version. */
  readonly firstPublished?: string;
  readonly published?: string;
}

/** What its publisher says of the version now. */
export interface Standing {
  /** Why, in the publisher's words; empty where no reason is given. */
  readonly deprecated?: string;
  readonly yanked: boolean;
  readonly archived: boolean;
  /** As the version that went was. */
  readonly wasDeprecated: boolean;
}

/** As stated, unparsed. Absent: there is none, or nothing went. */
export interface LicenseChange {
  readonly before?: string;
  readonly after?: string;
}

export interface InstallScriptChange {
  /** Names of those that run when it is installed: `postinstall`, `binding.gyp`. Empty: none does. */
  readonly after: readonly string[];
  /** Of the version that went; absent where none did. */
  readonly before?: readonly string[];
  /** `postinstall` → command, as far as it is known. */
  readonly commands: Readonly<Record<string, string>>;
}

/** The provenance that the registry holds of a version, verified. */
export type PublishedProvenance =
  | { readonly kind: "none" }
  | {
      readonly kind: "verified";
      readonly builder: string;
      readonly source: string;
      readonly workflow?: string;
      readonly signer: string;
    }
  | { readonly kind: "refused"; readonly reason: string };

export interface ProvenanceChange {
  readonly after: PublishedProvenance;
  /** Of the version that went; absent where none did. */
  readonly before?: PublishedProvenance;
}

export interface OriginFacts {
  /** Each place that an installer may take it from; none where the lockfile does not say. */
  readonly from: readonly PackageOrigin[];
  /** The policy's entry that names it. */
  readonly privateName?: PrivateName;
  /** The name is nobody's at the public registry: anybody may publish it. */
  readonly unclaimed: boolean;
}

/** How the archive that would be installed compares with what is said of it. */
export interface ArchiveFacts {
  /** Each hash that differs. */
  readonly mismatches: readonly HashMismatch[];
  /** By the registry's own key over name, version and hash; absent where the registry signs nothing. */
  readonly signature?: RegistrySignature;
}

export interface HashMismatch {
  /** Which two differ. */
  readonly between: "archive and lockfile" | "archive and registry" | "registry and lockfile";
  readonly algorithm: string;
  /** Hex. */
  readonly expected: string;
  readonly actual: string;
}

export type RegistrySignature = { readonly state: "verified" } | { readonly state: "refused"; readonly reason: string };

/** An archive as it was fetched; its bytes are an attacker's until they are read. */
export interface FetchedArchive {
  readonly bytes: Buffer;
  readonly url: string;
  /** `sha512` → lower-case hex, of the bytes. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly mismatches: readonly HashMismatch[];
}

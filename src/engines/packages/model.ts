/** What changes among the packages that lockfiles pin, what registries say of them, and what is in their archives: facts. */
import type { Evidence, Gap } from "../../core/evidence.ts";
import type { PackageOrigin, PackageRecord, PackageType } from "../contents/model.ts";
import type { PublishedProvenance, RegistrySignature } from "./registry/facts-model.ts";

export { namedBy } from "./name-pattern.ts";
export { namedHashes, unnamedHashes } from "./pinned-hashes.ts";
export type { DependencyPolicy } from "./policy.ts";
export type {
  FetchedArchive,
  HashMismatch,
  InstallScriptChange,
  OriginFacts,
  PublishedProvenance,
  RegistryFacts,
  RegistrySignature,
  Standing,
} from "./registry/facts-model.ts";
export { gitRepository, isFrom, isOfMakers, isPublic } from "./sources.ts";

/** One package as a lockfile pins it. */
export interface LockedDependency {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** Where it is fetched from; absent where the lockfile does not say. */
  readonly fetchedFrom?: PackageOrigin;
  /** Where the lockfile takes it from besides: another entry of the same version, another index that is searched. */
  readonly otherOrigins?: readonly PackageOrigin[];
  /** `sha512` → lower-case hex; empty where none is stated, or several files stand for one version. */
  readonly hashes: Readonly<Record<string, string>>;
  /** As `files` of a record: `sha256:HEX` of each file of the version, where the lockfile lists several. */
  readonly files?: Readonly<Record<string, string>>;
  /** The lockfile states that it runs code when it is installed; absent where it cannot tell. */
  readonly installScript?: boolean;
  readonly direct?: boolean;
  /** As the lockfile declares them, unparsed; absent where it states none. */
  readonly licenses?: readonly string[];
  readonly usage: "runtime" | "development" | "optional";
  /** Names from a direct dependency down to what needs it, the shortest chain; empty where it is direct or no graph tells. */
  readonly through: readonly string[];
  readonly lockfile: string;
  /** Where in the lockfile, from 1; absent where not known. */
  readonly line?: number;
}

export type ChangeKind = "added" | "removed" | "upgraded" | "downgraded" | "replaced";

/** `replaced`: the same version from elsewhere or with other contents, or one that no order puts before or behind the other. */
export interface DependencyChange {
  readonly kind: ChangeKind;
  readonly type: PackageType;
  readonly name: string;
  readonly lockfile: string;
  readonly before?: LockedDependency;
  readonly after?: LockedDependency;
  /** Of `replaced`: what differs. `hashes`: others for the same version, weaker ones, or none where there were some. */
  readonly differs?: readonly ("version" | "origin" | "hashes")[];
}

/** What changed of a lockfile as a whole. */
export interface LockfileChange {
  readonly lockfile: string;
  readonly kind: "added" | "removed" | "format";
  /** `package-lock 3`: the format, and its version where the file states one; absent where there is no such file. */
  readonly before?: string;
  readonly after?: string;
}

/** A manifest and its lockfile that contradict each other. What is not understood is never among them. */
export interface ManifestMismatch {
  readonly lockfile: string;
  /** The manifest's path, or the lockfile's own where its root entry contradicts its packages. */
  readonly manifest: string;
  readonly type: PackageType;
  readonly name: string;
  /** As the manifest writes it: `^1.2.0`; empty where the manifest does not name the package and the lockfile says it does. */
  readonly wanted: string;
  /** The versions that are locked, or the range that the lockfile's root entry has; absent where there is none. */
  readonly locked?: string;
  /** `missing`: not locked. `outside`: locked at a version that the range excludes. `stale`: the lockfile is of another manifest. */
  readonly kind: "missing" | "outside" | "stale";
  /** Of the manifest, from 1; absent where not known. */
  readonly line?: number;
}

/** One lockfile of a side, read. */
export interface Lockfile {
  /** From the directory that is reviewed, with `/`. */
  readonly path: string;
  /** As `LockfileChange.before`. */
  readonly format: string;
  readonly packages: readonly PackageRecord[];
  readonly mismatches: readonly ManifestMismatch[];
  /** What of it could not be read. */
  readonly gaps: readonly Gap[];
}

/** The lockfiles of one side of a change. */
export interface LockfileSide {
  /** For the reader: `origin/main`, a directory. */
  readonly name: string;
  /** Sorted by path. Those that are the same bytes on both sides may be left out of both. */
  readonly lockfiles: readonly Lockfile[];
  /** Lockfiles of the side, those that were left out included. */
  readonly found: number;
  /** Of the side as a whole: directories that could not be listed, what was excluded. */
  readonly gaps: readonly Gap[];
}

/** What one side has that the other has not. */
export interface DependencyChanges {
  /** By lockfile, type, name and version. */
  readonly changes: readonly DependencyChange[];
  readonly lockfiles: readonly LockfileChange[];
  /** Those that the side before did not have. */
  readonly mismatches: readonly ManifestMismatch[];
  readonly gaps: readonly Gap[];
}

/** What a registry says of one version. What it does not serve is absent and named. */
export interface PackageMetadata {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  /** ISO 8601: when this version was published. */
  readonly published?: string;
  /** ISO 8601: it was published then or later, where the registry does not say when: the date of a commit. */
  readonly publishedAfter?: string;
  /** ISO 8601: it was published then or earlier, where the registry does not say when: since when a mirror has it. */
  readonly publishedBefore?: string;
  /** ISO 8601: when the package first was. */
  readonly firstPublished?: string;
  /** All versions, in no order; absent where not served. */
  readonly versions?: readonly string[];
  /** Why, in the publisher's words. */
  readonly deprecated?: string;
  readonly yanked?: boolean;
  readonly archived?: boolean;
  readonly license?: string;
  /** `preinstall` → command. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly unpackedBytes?: number;
  readonly files?: number;
  readonly archive?: PublishedArchive;
  /** Of several archives of one version, each: wheels, platforms. The one that runs nothing when installed comes first. */
  readonly archives?: readonly PublishedArchive[];
  /** What the registry's key says of name, version and hash; absent where it signs nothing. */
  readonly signature?: RegistrySignature;
  readonly repository?: string;
  readonly maintainers?: readonly string[];
  readonly provenance: Evidence<PublishedProvenance>;
  /** Fields that this registry does not serve, by our words for them (registry/document.ts): `published`, `scripts`. */
  readonly notServed: readonly string[];
}

export interface PublishedArchive {
  readonly url: string;
  /** `sha512` → lower-case hex. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** What is in a package's archive; nothing of it was run. */
export interface PackageContents {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly files: number;
  readonly bytes: number;
  /** Lines of code that are neither empty nor comments, tests left out. */
  readonly codeLines: number;
  readonly installScripts: readonly InstallScript[];
  readonly capabilities: readonly Capability[];
  readonly threats: readonly Threat[];
  /** What the archive's own manifest says otherwise than the lockfile or the registry. */
  readonly mismatches: readonly string[];
  /** Names it declares as its dependencies. */
  readonly dependencies: readonly string[];
}

export interface InstallScript {
  /** `postinstall`, `binding.gyp`, `setup.py`. */
  readonly name: string;
  readonly command: string;
  readonly path: string;
  readonly line: number;
}

export type CapabilityKind =
  | "network"
  | "process"
  | "eval"
  | "native"
  | "environment"
  | "files"
  | "obfuscated"
  | "binary";

export interface Capability {
  readonly kind: CapabilityKind;
  readonly path: string;
  readonly line: number;
  /** At most 120 characters, printable. */
  readonly excerpt: string;
  /** It runs when the package is installed or imported, as opposed to when it is called. */
  readonly atInstall: boolean;
}

/** Capabilities that together do harm, in one file. */
export interface Threat {
  /** `encoded-exec`, `exfiltration`, `install-download`: the rule's name. */
  readonly rule: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly title: string;
  readonly path: string;
  readonly line: number;
  readonly excerpt: string;
  readonly capabilities: readonly CapabilityKind[];
}

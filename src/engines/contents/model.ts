/** What is inside an image or folder, as facts. */
import type { Loaded } from "../../core/finding.ts";
import type { Account, Accounts } from "./accounts/model.ts";
import type { Tool } from "./base/model.ts";
import type { HostFiles } from "./host/model.ts";
import type { Permissions } from "./permissions/model.ts";

export type { Account, AccountFile, Accounts } from "./accounts/model.ts";
export type { BaseImage, BaseKind, KnownBase, Tool } from "./base/model.ts";
export type { FileOwner, ImageFiles } from "./file-lists/model.ts";
export type { HostFile, HostFileKind, HostFiles } from "./host/model.ts";
export type { LicensePolicy } from "./licenses/policy.ts";
export type { PathPermissions, Permissions } from "./permissions/model.ts";
export { raisesRights } from "./permissions/raises.ts";

/** Types of the package-url specification; `generic` is a program recognised by its own version string. */
export type PackageType =
  | "deb"
  | "apk"
  | "rpm"
  | "npm"
  | "pypi"
  | "golang"
  | "maven"
  | "cargo"
  | "gem"
  | "composer"
  | "nuget"
  | "pub"
  | "hex"
  | "swift"
  | "conan"
  | "cran"
  | "alpm"
  | "conda"
  | "cocoapods"
  | "bitnami"
  | "generic";

/** Package managers whose databases are known and not read. */
export type UnreadManager = "portage" | "nix" | "homebrew" | "snap" | "flatpak" | "opkg" | "xbps" | "kernel-modules";

/** /etc/os-release (freedesktop os-release(5)), the keys that identify the distribution. */
export interface Distribution {
  /** `ID`, lower case: debian, alpine, almalinux… */
  readonly id: string;
  /** `VERSION_ID`; absent on rolling releases and Debian testing. */
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly idLike: readonly string[];
  readonly prettyName?: string;
  /** `CPE_NAME`: cpe:/o:redhat:enterprise_linux:8::baseos. */
  readonly cpeName?: string;
}

/** One package as its database or manifest states it: what an analyser finds in one file. JSON-serialisable. */
export interface PackageRecord {
  readonly type: PackageType;
  /** As the database writes it; for npm with its scope. */
  readonly name: string;
  /** Full version: for deb and rpm with epoch (`1:2.3-4`; rpm without an epoch has none written, which compares as 0). */
  readonly version: string;
  readonly architecture?: string;
  /** As declared, unparsed; several where the format lists several. */
  readonly licenses: readonly string[];
  /** True where nothing declares them and they are those whose sentences a text has, as SPDX expressions. */
  readonly licensesRecognized?: boolean;
  /** deb: source package. apk: origin. rpm: source package, from its file name. Always present on those three. */
  readonly source?: { readonly name: string; readonly version: string };
  /** rpm: the module it belongs to, `name:stream:version:context:arch`. */
  readonly module?: string;
  /** Maintainer or vendor as declared. */
  readonly supplier?: string;
  /** What stands for this package in `dependsOn` of the records of the same file; unique there. */
  readonly reference?: string;
  /** References of the packages that it needs, where the format has a graph; sorted, each once, each in the file. */
  readonly dependsOn?: readonly string[];
  /**
   * deb, apk, and npm as installed: names of what it needs, as one text (packages/needs.ts). Which packages these are is
   * worked out where a graph is asked for; absent where it needs nothing.
   */
  readonly needs?: string;
  /** Where the format says it; absent is `runtime`. */
  readonly usage?: "runtime" | "development" | "optional";
  /** True where the project itself names it, as opposed to one of its dependencies; absent where not told. */
  readonly direct?: boolean;
  /** Of the package as distributed: `sha512` → lower-case hex. */
  readonly hashes?: Readonly<Record<string, string>>;
  /**
   * Of a version that is distributed as several files, where a lockfile lists them: file name → `sha256:HEX`; a format
   * without names has the hash for its own name.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** Where a lockfile says that it is fetched from. */
  readonly fetchedFrom?: PackageOrigin;
  /** Where the same file takes the same version from besides: another entry of it says so. */
  readonly otherOrigins?: readonly PackageOrigin[];
  /** A lockfile says that it runs code when it is installed, or that it does not; absent where it cannot tell. */
  readonly installScript?: boolean;
  /** Line of the lockfile that names it, from 1; absent where not known. */
  readonly line?: number;
  /**
   * Files that it owns of those that declare other packages (a `package.json`, a `METADATA`, an executable), relative
   * to the root, sorted: enough to tell that a distribution's package brought them.
   */
  readonly owns?: readonly string[];
}

/** Where a package is fetched from. */
export type PackageOrigin =
  /** `url` is of the archive, or of the registry alone where no more is stated. */
  | { readonly kind: "registry"; readonly url: string }
  /** `revision`: of git, the commit. */
  | { readonly kind: "url" | "git" | "file" | "workspace"; readonly url: string; readonly revision?: string };

/** A package in the merged tree: the record, where it is, and which layer first brought this version. */
export interface Package extends PackageRecord {
  /** package-url, canonical. */
  readonly purl: string;
  /** The file that declares it, relative to the root, without a leading slash. */
  readonly path: string;
  /** Index of the layer that first brought this version; absent in a folder, which has no layers. */
  readonly layer?: number;
  /** purl of the distribution's package that owns the file: its advisories decide first. */
  readonly ownedBy?: string;
  /** Index of the layer that removed it. The image still ships it, in the layers below. */
  readonly removedIn?: number;
  /** Which part of the image brought it; set where the image's base is known. */
  readonly origin?: "base" | "application";
  /** Whether it was loaded while the image ran; set where somebody watched. */
  readonly loaded?: Loaded;
}

/** What was read of one asset. */
export interface Inventory {
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
  /**
   * Packages that an upper layer removed: lower layers still ship them, but no process of the image can reach them.
   * Each has `removedIn`. Apart from the others, so that nobody takes them for installed. Absent where there are none.
   */
  readonly removed?: readonly Package[];
  /** Shells, package managers and dynamic loaders, by path; absent where nobody looked. */
  readonly tools?: readonly Tool[];
  /** Permissions that matter; absent where nobody looked. */
  readonly permissions?: Permissions;
  /** Files of a Kubernetes node; absent where it is none. */
  readonly host?: HostFiles;
  /** Absent where there is neither a passwd nor a shadow file. */
  readonly accounts?: Accounts;
  /** Of a lockfile: package-url of the project that it is of, without a version; absent where it does not say. */
  readonly project?: string;
  /** True: dpkg is told to leave out documentation, as in slim images. */
  readonly slimmed?: boolean;
}

/** What one analyser makes of one file: cached with the layer, so plain JSON. */
export type FileFacts =
  | { readonly kind: "distribution"; readonly distribution: Distribution }
  | {
      readonly kind: "packages";
      readonly packages: readonly PackageRecord[];
      /** What could not be read, one sentence each; the rest is still there. */
      readonly unread: readonly string[];
      /** The project whose packages these are, where it has a name of its own. */
      readonly project?: { readonly type: PackageType; readonly name: string };
      /** Version of the lockfile's format, as the file states it. */
      readonly formatVersion?: string;
      /** Of the packages that `unread` is about, where that does not follow from the analyser. */
      readonly concerns?: PackageType;
    }
  /** The accounts of a passwd or shadow file, and how many more there are. */
  | { readonly kind: "accounts"; readonly accounts: readonly Account[]; readonly more: number }
  /** What the distribution's installer leaves out. */
  | { readonly kind: "excludes"; readonly documentation: boolean }
  /** Which files a package owns, where its database keeps that apart from the package itself. */
  | {
      readonly kind: "ownership";
      /** The package by its name, or by the file that declares it alone. */
      readonly owner: { readonly name: string; readonly architecture?: string } | { readonly path: string };
      /** As `owns` of a record. */
      readonly owns: readonly string[];
    }
  /** The licenses of a package, where its database or list does not state them. */
  | {
      readonly kind: "licenses";
      /** `within`: a folder with a slash at its end, in which the file is that names the package. */
      readonly owner: {
        readonly type: PackageType;
        readonly name: string;
        readonly version?: string;
        readonly within?: string;
      };
      readonly licenses: readonly string[];
      /** As of a record. */
      readonly recognized?: boolean;
    }
  /** The whole file could not be read. */
  | {
      readonly kind: "unreadable";
      readonly code: string;
      readonly reason: string;
      /** As above, or of what is not read at all. */
      readonly concerns?: PackageType | UnreadManager;
    };

/** Of a dated table: until when releases of what an inventory holds get security fixes. */
export interface Lifecycle {
  /** ISO 8601 date of the table. */
  readonly asOf: string;
  /** The distribution first, then programs and frameworks by name and release. */
  readonly releases: readonly ReleaseLifecycle[];
}

export interface ReleaseLifecycle {
  readonly kind: "distribution" | "program";
  /** As its project writes it: `Debian`, `Node.js`. */
  readonly product: string;
  /** `12`, `3.9`. */
  readonly release: string;
  /** What is of this release; of a distribution the package that names it, or none. */
  readonly packages: readonly Package[];
  /** ISO 8601 date, the last day with fixes for everybody; absent where none is announced. */
  readonly ends?: string;
  /** Support after that which not everybody gets: `Ubuntu Pro (ESM)`. */
  readonly extended?: { readonly name: string; readonly ends: string };
  /** Releases of the product that are newer, oldest first; `ends` as above. */
  readonly newer: readonly { readonly release: string; readonly ends?: string }[];
  /** The page that states the dates. */
  readonly source: string;
}

/** What a package says of its licence, read. */
export type LicenseTerm =
  | {
      readonly kind: "license";
      /** Of the SPDX list, the current id where another is deprecated (`GPL-2.0-or-later`), or a `LicenseRef-`. */
      readonly id: string;
      /** Deprecated ids that mean the same: `GPL-2.0+`. */
      readonly formerly?: string;
      /** Of `-or-later`, the ids of the version alone: whoever may choose a later one may choose this. */
      readonly orLaterThan?: readonly string[];
      /** As SPDX lists it, or in the words of who declared it. */
      readonly exception?: string;
    }
  /** In no spelling that is known. */
  | { readonly kind: "unlisted"; readonly text: string }
  | { readonly kind: "and" | "or"; readonly parts: readonly LicenseTerm[] };

/** A package and its licence. */
export interface LicensedPackage {
  readonly package: Package;
  /** Absent where none is stated. */
  readonly license?: LicenseTerm;
}

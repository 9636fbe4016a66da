/** What is inside an image or folder, as facts. */

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
  | "generic";

/** /etc/os-release (freedesktop os-release(5)), the keys that identify the distribution. */
export interface Distribution {
  /** `ID`, lower case: debian, alpine, almalinux… */
  readonly id: string;
  /** `VERSION_ID`; absent on rolling releases and Debian testing. */
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly idLike: readonly string[];
  readonly prettyName?: string;
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
  /** Where the format says it; absent is `runtime`. */
  readonly usage?: "runtime" | "development" | "optional";
  /** True where the project itself names it, as opposed to one of its dependencies; absent where not told. */
  readonly direct?: boolean;
  /** Of the package as distributed: `sha512` → lower-case hex. */
  readonly hashes?: Readonly<Record<string, string>>;
  /**
   * Files that it owns of those that declare other packages (a `package.json`, a `METADATA`, an executable), relative
   * to the root, sorted: enough to tell that a distribution's package brought them.
   */
  readonly owns?: readonly string[];
}

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
}

/** What was read of one asset. */
export interface Inventory {
  readonly distribution?: Distribution;
  readonly packages: readonly Package[];
}

/** What one analyser makes of one file: cached with the layer, so plain JSON. */
export type FileFacts =
  | { readonly kind: "distribution"; readonly distribution: Distribution }
  | {
      readonly kind: "packages";
      readonly packages: readonly PackageRecord[];
      /** What could not be read, one sentence each; the rest is still there. */
      readonly unread: readonly string[];
      /** Of the packages that `unread` is about, where that does not follow from the analyser. */
      readonly concerns?: PackageType;
    }
  /** Which files a package owns, where its database keeps that apart from the package itself. */
  | {
      readonly kind: "ownership";
      /** The package by its name, or by the file that declares it alone. */
      readonly owner: { readonly name: string; readonly architecture?: string } | { readonly path: string };
      /** As `owns` of a record. */
      readonly owns: readonly string[];
    }
  /** The whole file could not be read. */
  | {
      readonly kind: "unreadable";
      readonly code: string;
      readonly reason: string;
      /** As above. */
      readonly concerns?: PackageType;
    };

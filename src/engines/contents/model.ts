/** What is inside an image or folder, as facts. */

/** Ecosystem names as the OSV schema writes them where it has one, so that advisories join without a table. */
export type PackageType = "deb" | "apk" | "rpm" | "npm";

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
}

/** A package in the merged tree: the record, where it is, and which layer first brought this version. */
export interface Package extends PackageRecord {
  /** package-url, canonical. */
  readonly purl: string;
  /** The file that declares it, relative to the root, without a leading slash. */
  readonly path: string;
  /** Index of the layer that first brought this version; absent in a folder, which has no layers. */
  readonly layer?: number;
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
    }
  /** The whole file could not be read. */
  | { readonly kind: "unreadable"; readonly code: string; readonly reason: string };
